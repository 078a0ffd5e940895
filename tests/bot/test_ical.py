"""Who is on call by an iCalendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import ical
from routing.duties import Duty
from tests.duty_calendars import calendar

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 19, tzinfo=UTC)


def read(*events: list[str], days: int = 14) -> tuple[Duty, ...]:
    return ical.read(calendar(*events), zone=BERLIN, start=START, end=START + timedelta(days=days))


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=BERLIN).astimezone(UTC)


def test_guests_and_title_say_who_it_is() -> None:
    (duty,) = read(
        [
            "DTSTART:20261020T080000Z",
            "DTEND:20261020T160000Z",
            "SUMMARY:On call",
            "ATTENDEE;CN=Ana:mailto:ana@acme.example",
            "ATTENDEE:MAILTO:bo@acme.example",
        ]
    )
    assert duty == Duty(at(20, 10), at(20, 18), ("ana@acme.example", "bo@acme.example", "On call"))


def test_a_rotation_that_repeats_keeps_to_its_clocks_when_they_change() -> None:
    found = read(
        [
            "DTSTART;TZID=Europe/Berlin:20260105T090000",
            "DTEND;TZID=Europe/Berlin:20260112T090000",
            "RRULE:FREQ=WEEKLY;INTERVAL=2",
            "SUMMARY:Bo",
        ]
    )
    assert [(duty.start, duty.end) for duty in found] == [
        (at(12, 9), at(19, 9)),
        (at(26, 9), datetime(2026, 11, 2, 8, tzinfo=UTC)),
    ]


def test_whole_days_and_floating_times_are_those_of_the_schedule() -> None:
    found = read(
        ["DTSTART;VALUE=DATE:20261024", "DTEND;VALUE=DATE:20261026", "SUMMARY:Bo"],
        ["DTSTART:20261020T090000", "DTEND:20261020T170000", "SUMMARY:Ana"],
    )
    assert found == (Duty(at(20, 9), at(20, 17), ("Ana",)), Duty(at(24), at(26), ("Bo",)))


def test_what_was_cancelled_is_left_out() -> None:
    event = ["DTSTART:20261020T080000Z", "DTEND:20261020T160000Z", "SUMMARY:Bo", "STATUS:CANCELLED"]
    assert read(event) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        calendar(["DTSTART:20261020T080000Z", "RRULE:FREQ=SECONDLY", "SUMMARY:Bo"]),
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the library's
        ical.read(content, zone=BERLIN, start=START, end=START + timedelta(days=1))
