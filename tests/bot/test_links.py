from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import links


@pytest.mark.parametrize(
    "address",
    ["https://acme.shop/refunds?id=1", "http://acme.example", "www.acme.app", "HTTPS://acme.dev/a_(b)"],
)
def test_a_web_address_of_any_domain_becomes_a_link(address: str) -> None:
    assert f">{address}</a>, please" in links.linkify(f"See {address}, please")


def test_mail_addresses_are_links_only_if_asked_for() -> None:
    text = "Write to ana@acme.com"
    assert links.linkify(text) == text
    assert 'href="mailto:ana@acme.com"' in links.linkify(text, emails=True)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "a &amp; b &lt;i&gt;", "ftp://acme.example", "https://"]
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert links.linkify(text, emails=True) == text


@pytest.mark.timeout(10)  # what is quadratic takes minutes
@pytest.mark.parametrize("piece", ["a", "&amp;", "(", "a@", "https://a "])
def test_a_line_that_would_take_long_is_left_as_it_is(piece: str) -> None:
    text = "see www.acme.shop " + piece * (150_000 // len(piece))
    assert links.linkify(text, emails=True) == text


@given(st.text(alphabet=st.characters(blacklist_characters="<>&\"'", blacklist_categories=("Cs",))))
def test_no_text_is_lost(text: str) -> None:
    for line in links.linkify(text, emails=True).split("\n"):
        assert "<a" in line or line in text
