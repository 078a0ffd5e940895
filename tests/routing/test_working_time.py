"""Sums of working time: exact over the clocks' changes, midnight and days off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from routing.business_hours import BusinessHours, NeverOpenError

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BERLIN = BusinessHours(zone="Europe/Berlin")

# Weeks around changes of the clock: Berlin and New York by an hour, Lord Howe by half an hour; Kathmandu has none, and
# is off by a quarter of an hour. Cairo's day begins at one o'clock, and Apia had none at all on that date.
WEEKS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(2026, 3, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("UTC", date(2028, 2, 29)),
]
TIMES = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
HOURS = st.tuples(TIMES, TIMES | st.just("24:00")).filter(lambda pair: pair[0] != pair[1]).map("-".join)
DAYS = st.sampled_from(["mon-sun", "mon-fri", "sat", "sun", "mon", "wed-thu"])


@st.composite
def calendars(draw: st.DrawFn) -> tuple[BusinessHours, datetime]:
    """Business hours, and the midnight (in UTC) a few days before the clock is changed."""
    zone, day = draw(st.sampled_from(WEEKS))
    days_off = draw(st.lists(st.integers(-4, 4).map(lambda number: day + number * DAY), max_size=3))
    hours = draw(st.dictionaries(DAYS, HOURS, min_size=1, max_size=3))
    calendar = BusinessHours.model_validate({"zone": zone, "hours": hours, "days_off": days_off})
    return calendar, datetime(day.year, day.month, day.day, tzinfo=UTC) - 3 * DAY


def at(written: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def walked(calendar: BusinessHours, start: datetime, minutes: int) -> timedelta:
    """Minute by minute, as nobody would do it who has no doubts."""
    return sum(
        (MINUTE for number in range(minutes) if calendar.is_open(start + number * MINUTE)), timedelta()
    )


@settings(deadline=None)  # it is a long way to walk
@given(calendars(), st.integers(0, 5 * 24 * 60), st.integers(0, 2 * 24 * 60))
def test_between_agrees_with_a_walk_minute_by_minute(
    chosen: tuple[BusinessHours, datetime], offset: int, minutes: int
) -> None:
    calendar, start = chosen
    start += offset * MINUTE
    assert calendar.between(start, start + minutes * MINUTE) == walked(calendar, start, minutes)


@given(calendars(), st.integers(0, 7 * 86_400), st.integers(0, 4 * 86_400))
def test_add_is_the_inverse_of_between(
    chosen: tuple[BusinessHours, datetime], offset: int, seconds: int
) -> None:
    calendar, start = chosen
    start += timedelta(seconds=offset)
    working = timedelta(seconds=seconds)
    end = calendar.add(start, working)
    assert calendar.between(start, end) == working
    if working:
        before = end - timedelta(microseconds=1)
        assert calendar.is_open(before), "it is the first such moment: until then people worked"
        assert calendar.between(start, before) < working


@given(calendars(), st.integers(0, 7 * 24 * 60))
def test_the_next_opening_is_the_first_open_minute(
    chosen: tuple[BusinessHours, datetime], offset: int
) -> None:
    calendar, start = chosen
    start += offset * MINUTE
    opens = calendar.next_open(start)
    assert calendar.is_open(opens)
    assert calendar.between(start, opens) == timedelta()
    assert opens == start or not calendar.is_open(start)


@given(calendars(), st.lists(st.integers(0, 7 * 86_400), min_size=3, max_size=3).map(sorted))
def test_working_time_adds_up(chosen: tuple[BusinessHours, datetime], seconds: list[int]) -> None:
    calendar, start = chosen
    first, middle, last = (start + timedelta(seconds=second) for second in seconds)
    assert calendar.between(first, middle) + calendar.between(middle, last) == calendar.between(first, last)


@pytest.mark.parametrize(
    ("start", "working", "end"),
    [
        ("2026-11-24T09:00", 4 * HOUR, "2026-11-24T13:00"),
        ("2026-11-24T15:00", 4 * HOUR, "2026-11-25T11:00"),
        ("2026-11-27T16:30", HOUR, "2026-11-30T09:30"),  # over the weekend
        ("2026-11-24T09:00", 8 * HOUR, "2026-11-24T17:00"),  # to the closing, not to the next opening
        ("2026-11-28T12:00", HOUR, "2026-11-30T10:00"),  # begun on a Saturday
        ("2026-03-27T16:00", 2 * HOUR, "2026-03-30T10:00"),  # the clock goes forward between
        ("2026-10-23T16:00", 2 * HOUR, "2026-10-26T10:00"),  # and back
    ],
)
def test_the_time_is_added_by_the_clock_on_the_wall(start: str, working: timedelta, end: str) -> None:
    assert BERLIN.add(at(start), working) == at(end)


def test_an_hour_that_the_clock_skips_is_no_working_time_and_one_shown_twice_counts_twice() -> None:
    nights = BusinessHours(zone="Europe/Berlin", hours={"mon-sun": "01:00-04:00"})
    assert nights.between(at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 2 * HOUR
    assert nights.between(at("2026-10-25T00:00"), at("2026-10-25T12:00")) == 4 * HOUR


def test_an_hour_within_the_repeated_one_opens_twice() -> None:
    calendar = BusinessHours(zone="Europe/Berlin", hours={"sun": "02:15-02:45"})
    start = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert calendar.add(start, 45 * MINUTE) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    calendar = BusinessHours.model_validate({"hours": {"fri-sat": "22:00-06:00"}, "days_off": ["2026-11-28"]})
    friday = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
    assert calendar.between(friday, friday + 7 * DAY) == 8 * HOUR, "the night of Saturday is off"
    assert calendar.is_open(friday + 7 * HOUR)
    assert not calendar.is_open(friday + DAY)


def test_hours_that_overlap_count_once() -> None:
    calendar = BusinessHours(hours={"mon-fri": "09:00-17:00", "mon": "08:00-12:00", "sun": "22:00-09:00"})
    monday = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert calendar.between(monday, monday + DAY) == 17 * HOUR


def test_a_whole_week_never_closes() -> None:
    always = BusinessHours(hours={"mon-sun": "00:00-24:00"})
    start = datetime(2028, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)
    assert always.add(start, 10 * DAY) == start + 10 * DAY
    assert always.between(start, start + 10 * DAY) == 10 * DAY
    assert always.longest_day == DAY


@pytest.mark.parametrize(
    ("holidays", "day", "is_open"),
    [
        ("DE", "2026-10-03", False),
        (["DE"], "2026-03-08", True),
        ("DE-BE", "2026-03-08", False),  # Women's Day is off in Berlin only
        (["DE-BE", "US"], "2026-07-04", False),
        (["DE-BE"], "2026-07-04", True),
        ([], "2026-12-25", True),
    ],
)
def test_public_holidays_are_off(holidays: object, day: str, is_open: bool) -> None:  # noqa: FBT001 - a table
    hours = {"mon-sun": "00:00-24:00"}
    calendar = BusinessHours.model_validate({"zone": "Europe/Berlin", "hours": hours, "holidays": holidays})
    assert calendar.is_open(at(f"{day}T12:00")) is is_open


def test_many_days_off_are_passed_over() -> None:
    first = date(2026, 1, 1)
    calendar = BusinessHours(days_off=tuple(first + number * DAY for number in range(1_000)))
    assert calendar.next_open(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2028, 9, 27, 9, tzinfo=UTC)


def test_a_walk_ends_where_nobody_comes_any_more() -> None:
    days_off = tuple(date(2026, 1, 1) + number * DAY for number in range(8_000))
    calendar = BusinessHours.model_construct(days_off=days_off)  # more than may be written
    with pytest.raises(NeverOpenError):
        calendar.next_open(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"hours": {}}, "nobody is ever at work"),
        ({"hours": {"mon": "09:00-09:00"}}, "the whole day is 00:00-24:00"),
        ({"days_off": ["2026-12-25"] * 1_001}, "at most 1000 items"),
        ({"holidays": "XX"}, "no country 'XX' is known"),
        ({"holidays": ["DE-XX"]}, "DE has no subdivision 'XX'; there are BB"),
    ],
)
def test_hours_that_cannot_be_are_told(written: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BusinessHours.model_validate(written)


def test_the_longest_day_is_what_a_working_day_is() -> None:
    assert BusinessHours(hours={"mon-thu": "09:00-17:30", "fri": "09:00-14:00"}).longest_day == 8.5 * HOUR


def test_hours_without_holidays_are_written_as_before() -> None:
    """The content hash of a rule set holds them."""
    assert "holidays" not in BusinessHours().model_dump(mode="json")
    calendar = BusinessHours.model_validate({"holidays": "DE-BE"})
    assert BusinessHours.model_validate_json(calendar.model_dump_json()) == calendar
