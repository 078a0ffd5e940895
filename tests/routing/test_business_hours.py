from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from routing.business_hours import BusinessHours

BERLIN = BusinessHours.model_validate(
    {
        "zone": "Europe/Berlin",
        "hours": {"mon-fri": "09:00-17:00", "sat": "10:00-24:00"},
        "days_off": ["2026-12-25"],
    }
)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-24T08:00", True),  # winter: 9:00 in Berlin
        ("2026-11-24T07:59", False),
        ("2026-11-24T15:59", True),
        ("2026-11-24T16:00", False),
        ("2026-07-07T07:00", True),  # summer: 9:00 in Berlin
        ("2026-07-07T15:00", False),
        ("2026-11-28T22:59", True),  # Saturday, to midnight
        ("2026-11-28T23:00", False),  # Sunday in Berlin
        ("2026-12-25T10:00", False),  # a Friday off
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(at: str, is_open: bool) -> None:  # noqa: FBT001 - a table
    assert BERLIN.is_open(datetime.fromisoformat(at).replace(tzinfo=UTC)) is is_open


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"zone": "Mars/Base"}, "is no time zone"),
        ({"zone": "../etc"}, "is no time zone"),
        ({"hours": {"monday": "09:00-17:00"}}, "is no day"),
        ({"hours": {"fri-mon": "09:00-17:00"}}, "is no day"),
        ({"hours": {"mon": "9-17"}}, "is not hours such as"),
        ({"days_off": ["25.12."]}, "is no date"),
    ],
)
def test_what_is_written_wrong_is_told(written: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BusinessHours.model_validate(written)
