"""Who may open a trace, and for how long."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trace_links import TraceLinks
from tests.bot.web.samples import NOW

LINKS = TraceLinks(secret="made-up", public_url="https://desk.example/app/", ttl=timedelta(days=1))


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


QUERY = _query(LINKS.url("t1", now=NOW))


def test_a_link_names_the_page_and_opens_it() -> None:
    assert LINKS.url("t/1", now=NOW).startswith("https://desk.example/app/traces/t%2F1?expires=")
    assert LINKS.is_valid("t1", QUERY, now=NOW)


def test_a_link_does_not_change_within_the_hour() -> None:
    start = NOW.replace(minute=0, second=1, microsecond=0)
    assert LINKS.url("t1", now=start) == LINKS.url("t1", now=start + timedelta(minutes=59))
    assert LINKS.url("t1", now=start) != LINKS.url("t1", now=start + timedelta(hours=1))


def test_a_link_lives_at_least_its_time_and_at_most_an_hour_more() -> None:
    assert LINKS.is_valid("t1", QUERY, now=NOW + timedelta(days=1) - timedelta(seconds=1))
    assert not LINKS.is_valid("t1", QUERY, now=NOW + timedelta(days=1, hours=1))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"expires": QUERY["expires"]},
        {"signature": QUERY["signature"]},
        QUERY | {"expires": str(int(QUERY["expires"]) + 3600)},
        QUERY | {"expires": "never"},
        QUERY | {"expires": "9" * 5_000},
        QUERY | {"signature": QUERY["signature"][:-1]},
        QUERY | {"signature": "ä" * 43},
    ],
)
def test_a_tampered_link_opens_nothing(query: dict[str, str]) -> None:
    assert not LINKS.is_valid("t1", query, now=NOW)


def test_the_signature_of_one_trace_opens_no_other() -> None:
    assert not LINKS.is_valid("t2", QUERY, now=NOW)


def test_another_secret_opens_nothing() -> None:
    other = TraceLinks(secret="other", public_url="https://desk.example", ttl=timedelta(days=1))
    assert not other.is_valid("t1", QUERY, now=NOW)


@given(st.text(), st.text(), st.text())
def test_no_made_up_link_is_valid_or_fails(trace_id: str, expires: str, signature: str) -> None:
    assert not LINKS.is_valid(trace_id, {"expires": expires, "signature": signature}, now=NOW)
