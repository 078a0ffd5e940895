from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.interfaces import NOTES, UnparseableError
from bot.intake.providers import PROVIDERS
from routing.email import Address, InboundEmail

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MAILPARSE = PROVIDERS["mailparse"]
MARIA = Address(email="maria@example.com", name="Maria")
BO = Address(email="bo@example.com")


def parse(**fields: Any) -> InboundEmail:
    return MAILPARSE.parse(json.dumps({"from": "maria@example.com"} | fields).encode(), received_at=NOW)


def test_whole_payload_becomes_a_mail() -> None:
    email = parse(
        id="m-1",
        to="support@acme.example",
        subject="Where is it?",
        text="Hello\r\nthere",
        html="<p>Hello</p>",
        messageId="<new@example.com>",
        inReplyTo="<old@example.com>",
        references="<oldest@example.com> <old@example.com>",
        envelope={"from": "Bounce@Example.com", "to": "support@acme.example"},
        spf_pass=True,
        dkim_pass="fail",
        campaign={"id": 7},
    )
    assert email == InboundEmail(
        received_at=NOW,
        provider_id="m-1",
        sender=Address(email="maria@example.com"),
        to=(Address(email="support@acme.example"),),
        subject="Where is it?",
        text="Hello\nthere",
        html="<p>Hello</p>",
        message_id="<new@example.com>",
        in_reply_to=("<old@example.com>",),
        references=("<oldest@example.com>", "<old@example.com>"),
        envelope_from="bounce@example.com",
        envelope_to=("support@acme.example",),
        spf_pass=True,
        dkim_pass=False,
        extra={"campaign": {"id": 7}},
    )


@pytest.mark.parametrize(
    "value",
    [
        "Maria <maria@example.com>, bo@example.com",
        '"Maria" <MARIA@example.com>; bo@example.com',
        ["Maria <maria@example.com>", "bo@example.com"],
        ["Maria <maria@example.com>, bo@example.com"],
        [{"email": "maria@example.com", "name": "Maria"}, {"address": "bo@example.com"}],
        [{"address": "maria@example.com", "name": "Maria"}, "bo@example.com", "no address", 7, None, [], {}],
    ],
)
def test_addresses_are_read_in_every_shape(value: object) -> None:
    assert parse(cc=value).cc == (MARIA, BO)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('"Lopez, Maria" <maria@example.com>', "Lopez, Maria"),
        ("=?utf-8?q?Mar=C3=ADa?= <maria@example.com>", "María"),
        (
            {"email": "maria@example.com", "name": "Maria\r\nBcc: all@example.com"},
            "Maria Bcc: all@example.com",
        ),
        ("maria@example.com (Maria)", "Maria"),
    ],
)
def test_sender_names_are_decoded_and_stay_on_one_line(value: object, name: str) -> None:
    assert parse(**{"from": value}).sender == Address(email="maria@example.com", name=name)


@pytest.mark.parametrize(
    "value",
    [
        {"X-One": "1", "X-Two": ["2", "3"]},
        [{"name": "X-One", "value": "1"}, {"name": "X-Two", "value": "2"}, {"name": "X-Two", "value": "3"}],
        [["X-One", "1"], ["X-Two", "2"], ["X-Two", 3], "odd", ["short"], {}],
    ],
)
def test_headers_are_read_in_every_shape(value: object) -> None:
    email = parse(headers=value)
    assert email.headers == (("X-One", "1"), ("X-Two", "2"), ("X-Two", "3"))


def test_headers_fill_in_for_fields_that_are_missing() -> None:
    email = parse(
        **{"from": None},
        headers={
            "From": "Maria <maria@example.com>",
            "Reply-To": "bo@example.com",
            "Subject": "=?utf-8?b?R3LDvMOfZQ==?=",
            "Message-ID": "<a@example.com>",
            "In-Reply-To": "<b@example.com>",
            "References": "<c@example.com>\r\n <b@example.com>",
        },
    )
    assert (email.sender, email.answer_to, email.subject) == (MARIA, BO, "Grüße")
    assert (email.message_id, email.in_reply_to) == ("<a@example.com>", ("<b@example.com>",))
    assert email.references == ("<c@example.com>", "<b@example.com>")


def test_message_ids_get_the_brackets_that_a_provider_took_away() -> None:
    email = parse(message_id="a@example.com", references=["b@example.com", "<c@example.com>"], in_reply_to="")
    assert email.message_id == "<a@example.com>"
    assert email.references == ("<c@example.com>",)
    assert email.in_reply_to == ()


def test_line_break_in_an_encoded_subject_is_taken_out() -> None:
    assert parse(subject="=?utf-8?q?a=0d=0aBcc:_x=40example.com?=").subject == "a Bcc: x@example.com"


@pytest.mark.parametrize("null_path", ["", "<>"])
def test_null_path_of_a_bounce_is_told_from_a_missing_envelope(null_path: str) -> None:
    assert parse(envelope={"from": null_path}).envelope_from == ""
    assert parse(envelope={}).envelope_from is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24T09:00:00Z",
        "2026-11-24T10:00:00+01:00",
        "Tue, 24 Nov 2026 09:00:00 +0000",
        1795510800,
        1795510800000,
    ],
)
def test_time_of_arrival_is_read_in_every_shape(value: object) -> None:
    assert parse(received_at=value).received_at == NOW - timedelta(hours=3)


@pytest.mark.parametrize(
    "value", ["1970-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00", "soon", 1e300, []]
)
def test_time_that_cannot_be_is_replaced_by_now_and_noted(value: object) -> None:
    email = parse(received_at=value)
    assert email.received_at == NOW
    assert "received_at" in str(email.extra[NOTES])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", 7), ("cc", {"x": 1}), ("subject", ["a"]), ("text", 5), ("html", {}), ("headers", "x"),
        ("references", 3), ("attachments", "none"), ("envelope", []), ("spf_pass", []), ("id", {}),
        ("messageId", {}),
    ],
)  # fmt: skip
def test_optional_field_of_a_wrong_type_never_loses_the_mail(field: str, value: object) -> None:
    email = parse(**{field: value})
    assert email.sender == Address(email="maria@example.com")
    assert email.extra[field] == value
    assert str(email.extra[NOTES]).startswith(f"['{field}: ")


def test_empty_id_is_no_id() -> None:
    assert parse(id="").provider_id is None


def test_past_the_limit_attachments_are_dropped_with_a_note() -> None:
    assert NOTES not in parse(attachments=[{}] * 500).extra
    email = parse(attachments=[{}] * 501)
    assert len(email.attachments) == 500
    assert email.extra == {NOTES: ["attachments: only the first 500 were read"]}


def test_attachments_keep_their_places_and_give_their_bytes() -> None:
    payload = {
        "from": "maria@example.com",
        "attachments": [
            {"filename": "../../etc/pass\u202ewd", "contentType": "Text/Plain", "content": "aGVsbG8="},
            "odd",
            {"content_type": "image/png", "size": 12, "url": "https://files.example.com/1"},
            {"filename": "x" * 500, "url": "file:///etc/passwd", "content": "!"},
        ],
    }
    raw = json.dumps(payload).encode()
    first, odd, remote, local = MAILPARSE.parse(raw, received_at=NOW).attachments
    assert (first.filename, first.content_type, first.size) == ("passwd", "text/plain", 5)
    assert (odd.filename, odd.size) == ("attachment-2", 0)
    assert (remote.filename, remote.size, remote.url) == ("attachment-3", 12, "https://files.example.com/1")
    assert (len(local.filename), local.url) == (200, None)
    assert [MAILPARSE.attachment_content(raw, position) for position in range(-1, 5)] == [
        None, b"hello", None, None, b"", None,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["contentId", "content_id", "cid"])
def test_a_picture_is_known_by_the_name_that_the_html_part_gives_it(name: str) -> None:
    named, bare, odd = parse(
        attachments=[{name: "<logo@example.com>"}, {name: "logo"}, {name: 7}]
    ).attachments
    assert [file.content_id for file in (named, bare, odd)] == ["logo@example.com", "logo", None]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b"{}", "no sender"),
        (b'{"from": "nobody", "subject": " ", "text": ""}', "no sender"),
    ],
)
def test_body_without_a_mail_is_unparseable_and_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnparseableError, match=reason):
        MAILPARSE.parse(raw, received_at=NOW)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b'{"text": "a\\u0000b"}', "ab"),
        (b'{"text": "a\\ud800b"}', "a?b"),
        (b'{"text": "a\xffb"}', "a\ufffdb"),
        (b'{"text": "a\nb"}', "a\nb"),
        (b'\xef\xbb\xbf{"text": "ab"}', "ab"),
        ('{"text": "ab"}'.encode("utf-16"), "ab"),
    ],
)
def test_careless_json_is_read_all_the_same(raw: bytes, text: str) -> None:
    assert MAILPARSE.parse(raw, received_at=NOW).text == text


_FIELDS = [
    "id", "from", "to", "cc", "subject", "text", "html", "attachments", "headers", "inReplyTo", "references",
    "messageId", "received_at", "envelope", "spf_pass", "dkim_pass", "reply_to", "other",
]  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text('aé\u202e\0\r\n<>@,;:("=? 1', max_size=20)
    | st.just("a@example.com"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["email", "name", "value", "from", "to", "content", "size"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(payload=st.dictionaries(st.sampled_from(_FIELDS), _VALUES))
def test_no_payload_with_a_text_is_ever_lost(payload: dict[str, object]) -> None:
    raw = json.dumps(payload | {"text": "help"}).encode()
    email = MAILPARSE.parse(raw, received_at=NOW)
    assert email.text == "help"
    assert InboundEmail.model_validate_json(email.model_dump_json()).text == "help"
    for position in range(len(email.attachments)):
        MAILPARSE.attachment_content(raw, position)


@given(raw=st.binary())
def test_no_bytes_raise_anything_but_unparseable(raw: bytes) -> None:
    with pytest.raises(UnparseableError):
        MAILPARSE.parse(raw, received_at=NOW)
