"""The stored JSON, for machines and for people."""

from __future__ import annotations

import html
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.web import json_view
from tests.bot.web import samples

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _text(stored: bytes) -> str:
    return html.unescape(re.sub("<[^>]*>", "", json_view.view(stored).html))


def test_a_json_body_is_given_byte_for_byte() -> None:
    raw = b'{ "id": 1,  "id": 2 }\n'
    assert json_view.document(samples.trace(raw=raw)) == raw


def test_another_body_gives_the_normalised_mail() -> None:
    document = json.loads(json_view.document(samples.trace(raw=b"From: mira@mira.example\r\n\r\nHello")))
    assert document["email"]["sender"]["email"] == "mira@mira.example"
    assert document["trace_id"] == samples.TRACE_ID


def test_mail_that_was_not_understood_gives_the_reason() -> None:
    document = json.loads(json_view.document(samples.unparseable()))
    assert document["email"] is None
    assert document["parse_error"] == "from: expected an address, got a list of numbers"


@given(_JSON)
def test_the_view_is_the_document(value: object) -> None:
    stored = json.dumps(value).encode()
    if not json_view.view(stored).is_shortened:
        assert json.loads(_text(stored)) == value


def test_markup_in_a_value_is_text() -> None:
    assert "<script" not in json_view.view(b'{"a": "<script>alert(1)</script>"}').html
    assert "<script>alert(1)</script>" in _text(b'{"a": "<script>alert(1)</script>"}')


def test_characters_that_reorder_text_are_shown_as_escapes() -> None:
    assert _text('{"a": "x\u202ey"}'.encode()) == '{\n  "a": "x\\u202ey"\n}'
    assert _text(b'{"a": "\\ud800"}') == '{\n  "a": "\\ud800"\n}'


def test_a_long_value_is_shortened_and_the_rest_kept() -> None:
    stored = json.dumps({"content": "A" * 5_000, "id": 7}).encode()
    assert json_view.view(stored).is_shortened
    assert "more characters" in _text(stored)
    assert '"id": 7' in _text(stored)


def test_deep_and_wide_documents_stay_small() -> None:
    wide = b"[" * 200 + b",".join([b"1"] * 200_000) + b"]" * 200
    deep = b"[" * 900 + b"]" * 900
    for stored in (wide, deep):
        assert len(json_view.view(stored).html) < 1_000_000
