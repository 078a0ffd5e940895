from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import sla


@pytest.mark.parametrize(
    ("text", "minutes", "phrase"),
    [
        ("4h", 240, "4 hours"),
        ("30m", 30, "30 minutes"),
        ("1h30m", 90, "1 hour 30 minutes"),
        ("90m", 90, "1 hour 30 minutes"),
        ("2d", 2880, "2 days"),
        ("24h", 1440, "1 day"),
        (" 1d 1h 1m ", 1501, "1 day 1 hour 1 minute"),
    ],
)
def test_durations_are_read_and_said(text: str, minutes: int, phrase: str) -> None:
    duration = sla.parse_duration(text)
    assert duration == timedelta(minutes=minutes)
    assert sla.phrase(duration) == phrase


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("90s", 90), ("1m30s", 90), ("1h 1s", 3601)])
def test_seconds_are_read(text: str, seconds: int) -> None:
    assert sla.parse_duration(text) == timedelta(seconds=seconds)


def test_a_day_of_work_is_as_long_as_it_is() -> None:
    assert sla.parse_duration("2d 1h", day=timedelta(hours=8)) == timedelta(hours=17)


def test_seconds_are_not_promised() -> None:
    assert sla.phrase(timedelta(seconds=59)) == "less than a minute"
    assert sla.phrase(timedelta(minutes=2, seconds=59)) == "2 minutes"


@pytest.mark.parametrize(
    "text", ["", " ", "4", "h", "soon", "0m", "0s", "-4h", "4 hours", "30m4h", "30s1m", "99999d", "1.5h"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write 30s, 30m, 4h, 2d or 1h30m"):
        sla.parse_duration(text)


@given(st.text())
def test_a_text_is_a_duration_or_a_clear_error(text: str) -> None:
    try:
        assert sla.parse_duration(text) > timedelta()
    except ValueError as error:
        assert "is not a duration" in str(error)  # noqa: PT017 - both ways are fine here
