"""Moments and clocks: exact also where a zone changes by half an hour, or skips a whole day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import wall_clock

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Apia")
FIRST = datetime(2011, 1, 1)  # noqa: DTZ001 - what clocks on the wall show
minutes = st.integers(0, 16 * 365 * 24 * 60).map(lambda count: FIRST + timedelta(minutes=count))
zones = st.sampled_from(ZONES).map(ZoneInfo)


@given(zones, minutes)
def test_it_is_the_first_moment_at_which_the_clocks_show_that_or_more(zone: ZoneInfo, wall: datetime) -> None:
    moment = wall_clock.instant(wall, zone)
    assert wall_clock.local(moment, zone) >= wall
    assert wall_clock.local(moment - timedelta(microseconds=1), zone) < wall


@given(zones, minutes, minutes)
def test_a_later_time_is_never_an_earlier_moment(zone: ZoneInfo, one: datetime, other: datetime) -> None:
    earlier, later = sorted([one, other])
    assert wall_clock.instant(earlier, zone) <= wall_clock.instant(later, zone)


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_what_the_clocks_skip_is_the_change_and_what_comes_twice_is_the_first(
    wall: str, zone: str, expected: str
) -> None:
    moment = wall_clock.instant(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)
