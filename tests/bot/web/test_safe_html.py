"""What comes out of hostile HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web import safe_html
from tests.bot.web.vectors import VECTORS

_ACTIVE = {"script", "style", "iframe", "object", "embed", "link", "meta", "base", "form", "input", "button"}
_MARKUP = st.lists(
    st.sampled_from(["<", ">", "</", "/>", "'", '"', "=", " ", "<!--", "-->", "&#x6a;", *VECTORS])
    | st.text(max_size=4)
).map("".join)


class _Reader(HTMLParser):
    """Lists what a browser would find."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def _clean(markup: str) -> str:
    return safe_html.clean(markup, inline_image=lambda _: None)


def _is_inert(tag: str, attributes: dict[str, str]) -> bool:
    handlers = [
        name for name in attributes if name.startswith("on") or name in {"srcset", "ping", "background"}
    ]
    link = attributes.get("href", "https://").split(":")[0]
    return not (
        tag in _ACTIVE
        or handlers
        or "src" in attributes
        or link not in {"https", "http", "mailto"}
        or "url(" in attributes.get("style", "")
        or "position" in attributes.get("style", "")
    )


@pytest.mark.parametrize("vector", VECTORS)
def test_a_vector_is_inert(vector: str) -> None:
    assert all(_is_inert(*found) for found in _Reader(_clean(vector)).found)


@given(_MARKUP)
def test_no_mixture_of_vectors_is_active(markup: str) -> None:
    assert all(_is_inert(*found) for found in _Reader(_clean(markup)).found)


@given(st.text())
def test_plain_text_stays_the_text_that_was_written(text: str) -> None:
    reader = _Reader(shown := safe_html.plain_to_html(text.replace("\r", "").replace("\x00", "")))
    assert {tag for tag, _ in reader.found} <= {"a"}
    assert "<" not in text or "&lt;" in shown


def test_ordinary_mail_keeps_its_look() -> None:
    mail = (
        '<table bgcolor="#eee" width="600"><tr><td style="color:red;padding:4px"><b>Hi</b></td></tr></table>'
    )
    cleaned = _clean(mail)
    assert 'bgcolor="#eee"' in cleaned
    assert 'width="600"' in cleaned
    assert 'style="color:red;padding:4px"' in cleaned
    assert "<b>Hi</b>" in cleaned


def test_links_open_outside_and_tell_nothing() -> None:
    ((_, attributes),) = _Reader(
        _clean('<a href="https://shop.example/a?b=1" target="_top" rel="opener">x</a>')
    ).found
    assert attributes == {
        "href": "https://shop.example/a?b=1",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }


def test_only_pictures_of_the_mail_itself_are_shown() -> None:
    shown = safe_html.clean(
        '<img src="CID:a%40b.example"><img src="cid:other">'
        '<img src="https://evil.test/a"><img src="data:image/png,x">',
        inline_image={"a@b.example": "data:image/png;base64,AAAA"}.get,
    )
    assert [found.get("src") for _, found in _Reader(shown).found] == [
        "data:image/png;base64,AAAA",
        None,
        None,
        None,
    ]


def test_a_picture_used_a_thousand_times_does_not_fill_the_memory() -> None:
    shown = safe_html.clean('<img src="cid:a">' * 1_000, inline_image=lambda _: "data:," + "a" * 250_000)
    assert len(shown) < 5_000_000


@pytest.mark.parametrize("bomb", ["<b class={}><p>", "<font size={}><p>", "<i id={}>", "<em/x={}><div>"])
def test_unclosed_formatting_does_not_multiply(bomb: str) -> None:
    markup = "".join(bomb.format(number) for number in range(9_000))
    assert len(_clean(markup)) < 8 * len(markup)


def test_html_beyond_the_limits_is_refused() -> None:
    for markup in ("<div>" * 30_000, "<p " + "a " * 300_000):
        with pytest.raises(safe_html.TooComplexError):
            _clean(markup)


def test_addresses_in_plain_text_become_links() -> None:
    shown = safe_html.plain_to_html('See "https://shop.example/a_(b)?c=1&d=2", www.shop.example. <b>')
    assert [found["href"] for _, found in _Reader(shown).found] == [
        "https://shop.example/a_(b)?c=1&d=2",
        "http://www.shop.example",
    ]
    assert shown.endswith("&lt;b&gt;")


@pytest.mark.parametrize("text", ["&" * 200_000, ("&" * 390 + " http://x.test\n") * 90, "(" * 200_000])
@pytest.mark.timeout(5)
def test_hostile_text_takes_no_quadratic_time(text: str) -> None:
    shown = safe_html.plain_to_html(text)
    assert shown.count("&amp;") == text.count("&")
    assert shown.count("(") == text.count("(")


@pytest.mark.timeout(10)
def test_hostile_html_takes_no_quadratic_time() -> None:
    assert _clean("<b " * 19_999 + "x" * 400_000) == "<b></b>"
