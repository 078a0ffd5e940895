from __future__ import annotations

import html
import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import text

_hostile = st.text(
    alphabet=st.sampled_from("&<>|!@#^*_~`: \nab;…é") | st.characters(exclude_categories=["Cs"])
)


@pytest.mark.parametrize(
    "token", ["<!channel>", "<@U0ANA>", "<!date^1^{time}|x>", "<https://evil.example|bank>"]
)
def test_a_token_of_slack_is_inert_once_escaped(token: str) -> None:
    assert not set("<>") & set(text.escape(token))


def test_our_markup_is_verbatim_so_that_plain_words_never_become_links() -> None:
    assert text.mrkdwn("@here #general https://evil.example").to_dict()["verbatim"] is True


def test_a_customers_emoji_code_stays_as_it_was_written() -> None:
    assert text.plain(":fire:").to_dict()["emoji"] is False


@given(_hostile, st.integers(min_value=1, max_value=60))
def test_shortening_keeps_the_limit_and_never_cuts_an_entity(value: str, limit: int) -> None:
    escaped = text.shorten(value, limit=limit)
    assert len(escaped) <= limit
    assert value.startswith(html.unescape(re.sub("…$", "", escaped))) or escaped == text.escape(value)
    assert not re.search("&(?!(amp|lt|gt);)", escaped)


@pytest.mark.parametrize("limit", [5, 6, 7, 8, 9])
def test_an_entity_at_the_cut_goes_as_a_whole(limit: int) -> None:
    assert text.shorten("abc&&&&", limit=limit) == ("abc&amp;…" if limit == 9 else "abc…")


@given(_hostile, st.integers(min_value=6, max_value=40))
def test_the_pieces_hold_every_word_in_order(value: str, limit: int) -> None:
    parts = list(text.pieces(value, limit=limit))
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.escape(value).split())


def test_pieces_part_at_a_line_end() -> None:
    assert list(text.pieces("first line\nsecond line", limit=15)) == ["first line", "second line"]


def _quoted(value: str, *, limit: int, lines: int) -> str:
    block = text.quote(value, limit=limit, lines=lines)
    return block.to_dict()["elements"][0]["elements"][0]["text"] if block else ""


@given(_hostile, st.integers(min_value=1, max_value=8))
def test_a_quote_keeps_its_limits(value: str, lines: int) -> None:
    quoted = _quoted(value, limit=20, lines=lines)
    assert len(quoted) <= 20
    assert quoted.count("\n") <= lines


def test_a_quote_drops_runs_of_blank_lines_and_says_that_it_goes_on() -> None:
    assert _quoted("\n\none\n\n\n\ntwo\nthree\nfour", limit=100, lines=4) == "one\n\ntwo\nthree\n…"


def test_a_quote_is_verbatim() -> None:
    """Rich text is no markup: escaped, it would show its entities."""
    written = "*not bold* `no code` <!channel> &amp; :fire:"
    assert _quoted(written, limit=100, lines=3) == written


def test_a_quote_of_nothing_is_nothing() -> None:
    assert text.quote(" \n\t\n", limit=100, lines=3) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* and _slanted_", "\u2217bold* and \u02cdslanted_"),
        ("~gone~ `code`", "\u223cgone~ \u2019code\u2019"),
        ("__init__", "\u02cd\u02cdinit__"),
        ("order_id is 2*3", "order_id is 2*3"),
        ("<!here>\n&", "&lt;!here&gt; &amp;"),
    ],
)
def test_words_within_our_markup_start_no_emphasis(written: str, shown: str) -> None:
    assert text.inline(written, limit=60) == shown


def test_a_blank_line_gets_its_default() -> None:
    assert text.line(" \n ", limit=10, default="(none)") == "(none)"


def test_code_cannot_be_closed_from_inside() -> None:
    assert text.code("a`*b*`", limit=20).count("`") == 2


def test_a_link_keeps_its_label_and_address_apart() -> None:
    assert (
        text.link("https://a.example/?x=1&y=|", "A|<b>") == "<https://a.example/?x=1&amp;y=%7C|A¦&lt;b&gt;>"
    )


@pytest.mark.parametrize(
    ("slack_id", "shown"),
    [
        ("U0ANA", "<@U0ANA>"),
        ("W123", "<@W123>"),
        ("S0ONCALL", "<!subteam^S0ONCALL>"),
        ("deskbell", "deskbell"),
        ("U1> <!channel", "U1&gt; &lt;!channel"),
    ],
)
def test_only_a_slack_id_becomes_a_mention(slack_id: str, shown: str) -> None:
    assert text.user(slack_id) == shown


def test_a_date_is_drawn_by_slack_and_falls_back_to_utc() -> None:
    at = datetime(2026, 3, 2, 15, 2, tzinfo=timezone(timedelta(hours=1)))
    assert text.slack_date(at) == "<!date^1772460120^{date_short_pretty} {time}|2026-03-02 14:02 UTC>"


@pytest.mark.parametrize(
    ("duration", "phrase"),
    [
        (timedelta(hours=4), "4 hours"),
        (timedelta(hours=1, minutes=30, seconds=59), "1 hour 30 minutes"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1, hours=1, minutes=1), "1 day 1 hour"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(duration: timedelta, phrase: str) -> None:
    assert text.duration_phrase(duration) == phrase


@pytest.mark.parametrize(
    ("size", "phrase"), [(0, "0 bytes"), (1, "1 byte"), (84_000, "84 KB"), (1_250_000, "1.2 MB")]
)
def test_a_size_is_said_as_people_read_it(size: int, phrase: str) -> None:
    assert text.size_phrase(size) == phrase
