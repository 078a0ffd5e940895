"""What is promised to customers: durations, read and said."""

from __future__ import annotations

import re
from datetime import timedelta

DEFAULT_TIER = "default"
"""Key of the target for tiers that are not named."""

_DURATION = re.compile(r"(?:(\d{1,4})d)?\s*(?:(\d{1,4})h)?\s*(?:(\d{1,4})m)?\s*(?:(\d{1,4})s)?", re.ASCII)


def parse_duration(text: str, *, day: timedelta = timedelta(days=1)) -> timedelta:
    """Read `30s`, `30m`, `4h`, `2d` or `1h30m`; in business hours a day is as long as people work in one.

    Raises:
        ValueError: it is not written like that, or is zero.
    """
    match = _DURATION.fullmatch(text.strip())
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    duration = days * day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not duration:
        raise ValueError(f"{text!r} is not a duration: write 30s, 30m, 4h, 2d or 1h30m")
    return duration


def phrase(duration: timedelta) -> str:
    """Say a duration as a customer reads it, in whole minutes: `1 hour 30 minutes`."""
    minutes = duration // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [_count(days, "day"), _count(hours, "hour"), _count(minutes, "minute")]
    return " ".join(filter(None, parts)) or "less than a minute"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""
