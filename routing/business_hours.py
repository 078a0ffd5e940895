"""When somebody is at work: weekly hours in one time zone, and days off."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from routing.strict import Strict, shaped

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone: write one such as Europe/Berlin") from None
    return name


def _are_days(key: str) -> str:
    first, _, last = key.partition("-")
    if first not in _DAYS or (last or first) not in _DAYS or _DAYS.index(last or first) < _DAYS.index(first):
        raise ValueError(f"{key!r} is no day: write {', '.join(_DAYS)}, or days in a row such as mon-fri")
    return key


def _day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError(f"{value!r} is no date: write one such as 2026-12-25")
    return value


Hours = Annotated[
    str, shaped(r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)", "hours such as 09:00-17:00")
]
Zone = Annotated[str, AfterValidator(_is_zone)]
Days = Annotated[str, AfterValidator(_are_days)]
DayOff = Annotated[date, BeforeValidator(_day), PlainSerializer(str)]


class BusinessHours(Strict):
    """Hours by day; a day that is not named is free, and at the closing time itself nobody is there."""

    zone: Zone = "UTC"
    hours: dict[Days, Hours] = Field(default_factory=lambda: {"mon-fri": "09:00-17:00"})
    days_off: tuple[DayOff, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is at work at an aware time."""
        local = at.astimezone(ZoneInfo(self.zone))
        if local.date() in self.days_off:
            return False
        return any(
            covers(days, local.weekday()) and _contains(hours, local.time())
            for days, hours in self.hours.items()
        )


def covers(days: str, weekday: int) -> bool:
    """Whether a key such as `mon-fri` means a weekday; Monday is 0."""
    first, _, last = days.partition("-")
    return _DAYS.index(first) <= weekday <= _DAYS.index(last or first)


def _contains(hours: str, at: time) -> bool:
    opens, _, closes = hours.partition("-")
    return time.fromisoformat(opens) <= at and (closes == "24:00" or at < time.fromisoformat(closes))
