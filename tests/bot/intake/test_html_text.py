from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake import html_text


def test_lines_and_lists_are_kept_and_what_nobody_sees_is_not() -> None:
    source = """
        <html><head><title>x</title><style>p {}</style></head><body>
        <p>Hello &amp; good day,</p><!-- hidden --><script>run()</script>
        <ul><li>one</li><li><a href="https://example.com">two</a></li></ul>
        </body></html>"""
    assert html_text.to_text(source).split() == ["Hello", "&", "good", "day,", "*", "one", "*", "two"]
    assert "Hello & good day,\n" in html_text.to_text(source)


def test_rows_of_a_table_are_lines() -> None:
    source = "<table><tr><th>Order</th><td>123456</td></tr><tr><th>Day</th><td>Monday</td></tr></table>"
    assert html_text.to_text(source) == "Order 123456\nDay Monday"


@pytest.mark.parametrize("source", ["", " ", "<!-- -->", "<br>", "<style>p {}", "\0"])
def test_nothing_to_see_is_no_text(source: str) -> None:
    assert not html_text.to_text(source)


def test_xml_declaration_does_not_stop_the_reading() -> None:
    assert html_text.to_text("<?xml version='1.0' encoding='utf-16'?><p>Hello</p>") == "Hello"


def test_text_too_deep_for_the_renderer_is_still_found() -> None:
    assert html_text.to_text("<div>" * 5000 + "help") == "help"


@pytest.mark.parametrize(
    "source",
    [
        "<" * 2_000_000,
        "<style>" * 300_000,
        "<table><tr><td>" + "a" * 50_000 + "</td></tr>" + "<tr><td>b</td></tr>" * 50_000,
        "<ul><li>" * 300_000,
    ],
    ids=["brackets", "styles", "table", "lists"],
)
def test_hostile_html_takes_a_fraction_of_a_second(source: str) -> None:
    started_at = time.process_time()
    assert len(html_text.to_text(source)) <= html_text.LONGEST
    assert time.process_time() - started_at < 2  # usually 0.1; what is quadratic takes minutes


_PIECES = [
    "<p>",
    "</p>",
    "<table>",
    "<td>",
    "<pre>",
    "<!--",
    "-->",
    "<![CDATA[",
    "&#0;",
    "&#xD800;",
    "&amp",
    "<",
    ">",
]


@given(
    pieces=st.lists(
        st.sampled_from([*_PIECES, "<ol start=x><li>", "<a href='", "\ud800", "\n", "word", "<?x"])
    )
)
def test_no_html_raises(pieces: list[str]) -> None:
    html_text.to_text("".join(pieces))
