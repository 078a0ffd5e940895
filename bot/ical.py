"""Who is on call by an iCalendar (RFC 5545), such as Google's or PagerDuty's. Needs the extra `ical`."""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from routing import wall_clock
from routing.duties import Duty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_TOO_OFTEN = {"SECONDLY", "MINUTELY"}
"""Such a rule has millions of entries, and no shift."""


def is_available() -> bool:
    """Whether the extra is installed."""
    return all(map(importlib.util.find_spec, ("icalendar", "recurring_ical_events")))


def read(content: bytes, *, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Duty, ...]:
    """The entries that touch the time between two moments, in order; `zone` is for those that name none.

    It may take a while: not for the event loop.

    Raises:
        ValueError: it is no calendar, or one that repeats an entry every minute.
    """
    import icalendar  # noqa: PLC0415 - an extra, and large
    import recurring_ical_events  # noqa: PLC0415 - as above

    calendar: Any = icalendar.Calendar.from_ical(content)
    if any(_repeats_too_often(event) for event in calendar.walk("VEVENT")):
        raise ValueError("an entry repeats every minute or more often")
    try:
        events = recurring_ical_events.of(calendar, skip_bad_series=True).between(start, end)
    except (TypeError, AttributeError, KeyError, OverflowError) as error:  # of an odd calendar
        raise ValueError(f"{type(error).__name__}: {error}") from error
    duties = (_duty(event, zone) for event in events if event.get("STATUS") != "CANCELLED")
    return tuple(sorted(duty for duty in duties if duty.start < duty.end))


def _repeats_too_often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    return any(str(often).upper() in _TOO_OFTEN for rule in rules for often in rule.get("FREQ", []))


def _duty(event: Any, zone: ZoneInfo) -> Duty:
    return Duty(_moment(event.start, zone), _moment(event.end, zone), tuple(_names(event)))


def _names(event: Any) -> Iterator[str]:
    attendees = event.get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        yield (
            str(attendee)[len("mailto:") :] if str(attendee).lower().startswith("mailto:") else str(attendee)
        )
    if summary := str(event.get("SUMMARY", "")).strip():
        yield summary


def _moment(at: date, zone: ZoneInfo) -> datetime:
    """A whole day begins and ends at midnight; a time that names no zone is one of the clocks on the wall."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return at.astimezone(UTC) if at.tzinfo else wall_clock.instant(at, zone)
