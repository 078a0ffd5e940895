"""The times that people type for an override: `until 18:00`, `for 2h`, `from fri 18:00 until mon 9:00`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from routing import sla, wall_clock

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST = timedelta(days=90)
"""A longer time is taken for a slip of the pen."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIOD = re.compile(r"(?:from\s+(?P<start>.+?)\s+)?(?:(?:until|till|to)\s+(?P<end>.+)|for\s+(?P<length>.+))")
_MOMENT = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d)|(?P<day>today|tomorrow|[a-z]{3,9}))?\s*(?P<time>\d{1,2}:\d\d)?"
)
_EXAMPLES = "write `until 18:00`, `until fri 9:00`, `for 2h`, or `from 2026-12-24 9:00 until 2026-12-27 9:00`"


def period(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when until when, in UTC; it begins `now` where no beginning is named.

    Raises:
        ValueError: it is not written like that, is over by `now`, or is longer than `LONGEST`.
    """
    match = _PERIOD.fullmatch(text.strip().lower())
    if not match:
        raise ValueError(f"until when? {_EXAMPLES}")
    start = moment(match["start"], now=now, zone=zone) if match["start"] else now
    end = (
        start + sla.parse_duration(match["length"])
        if match["length"]
        else moment(match["end"], now=start, zone=zone)
    )
    if end <= max(start, now):
        raise ValueError("that time is over before it begins")
    if end - start > LONGEST:
        raise ValueError(f"that is longer than {LONGEST.days} days")
    return start, end


def moment(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that is meant by somebody whose clocks show `zone`, in UTC.

    A time of day alone, or with a weekday, is the next one; a day alone is its beginning.

    Raises:
        ValueError: it is not a moment.
    """
    match = _MOMENT.fullmatch(text.strip().lower())
    if not match or not match[0]:
        raise ValueError(f"{text!r} is no time: {_EXAMPLES}")
    today = wall_clock.local(now, zone).date()
    clock = time.fromisoformat((match["time"] or "0:00").zfill(5))
    day, repeats = _day(match["date"], match["day"], today)
    found = wall_clock.instant(datetime.combine(day, clock), zone)
    if found <= now and repeats:
        found = wall_clock.instant(datetime.combine(day + repeats, clock), zone)
    return found


def _day(written: str | None, word: str | None, today: date) -> tuple[date, timedelta]:
    """The day that is meant, and after how long it comes again if it has gone by."""
    if written:
        return date.fromisoformat(written), timedelta(0)
    if word is None:
        return today, timedelta(days=1)
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow"), timedelta(0)
    if word[:3] not in _DAYS:
        raise ValueError(f"{word!r} is no day: {_EXAMPLES}")
    ahead = (_DAYS.index(word[:3]) - today.weekday()) % len(_DAYS)
    return today + timedelta(days=ahead), timedelta(weeks=1)
