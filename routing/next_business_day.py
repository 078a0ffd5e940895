"""When work begins on the next day that has working hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from routing.business_hours import BusinessHours

_DAYS_AHEAD = 60
"""No holiday is longer."""


def opening(hours: BusinessHours, at: datetime) -> datetime | None:
    """The first opening on a later day than that of `at`, in the zone of the hours; None where there is none."""
    zone = ZoneInfo(hours.zone)
    today = at.astimezone(zone).date()
    openings = sorted({time.fromisoformat(span.partition("-")[0]) for span in hours.hours.values()})
    candidates = (
        datetime.combine(today + timedelta(days=ahead), opens, tzinfo=zone)
        for ahead in range(1, _DAYS_AHEAD)
        for opens in openings
    )
    return next((candidate for candidate in candidates if hours.is_open(candidate)), None)
