"""Whoever puts something off until the next business day means the hour at which work begins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from routing import next_business_day
from routing.business_hours import BusinessHours

BERLIN = BusinessHours(
    zone="Europe/Berlin",
    hours={"mon-thu": "09:00-17:00", "fri": "08:30-14:00"},
    days_off=(datetime(2026, 12, 25, tzinfo=UTC).date(),),
)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24T07:00", "2026-11-25T08:00"),  # before work begins, today is no next day
        ("2026-11-24T22:30", "2026-11-25T08:00"),
        ("2026-11-24T23:30", "2026-11-26T08:00"),  # it is Wednesday in Berlin
        ("2026-11-26T12:00", "2026-11-27T07:30"),
        ("2026-11-27T12:00", "2026-11-30T08:00"),
        ("2026-12-24T12:00", "2026-12-28T08:00"),
        ("2026-03-27T12:00", "2026-03-30T07:00"),  # the clocks have gone forward
    ],
)
def test_work_begins_on_the_next_day_that_has_hours(at: str, opens: str) -> None:
    found = next_business_day.opening(BERLIN, datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(opens).replace(tzinfo=UTC)
