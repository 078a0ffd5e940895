from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import schedule_times

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 4, 14, 0, tzinfo=BERLIN)
"""A Wednesday."""


def local(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("until 18:00", NOW, local(4, 18)),
        ("until 9:30", NOW, local(5, 9, 30)),
        ("Until tomorrow 9:00", NOW, local(5, 9)),
        ("for 2h", NOW, local(4, 16)),
        ("from 18:00 for 1h30m", local(4, 18), local(4, 19, 30)),
        ("from fri 18:00 until mon 9:00", local(6, 18), local(9, 9)),
        ("until wednesday 9:00", NOW, local(11, 9)),
        ("from 22:00 until 6:00", local(4, 22), local(5, 6)),
        ("from 2026-12-24 until 2026-12-27", local(24, month=12), local(27, month=12)),
        ("from 2026-12-24 9:00 until 2026-12-24 18:00", local(24, 9, month=12), local(24, 18, month=12)),
    ],
)
def test_a_period_is_read_by_the_clocks_of_the_schedule(text: str, start: datetime, end: datetime) -> None:
    assert schedule_times.period(text, now=NOW, zone=BERLIN) == (start, end)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "until when?"),
        ("soon", "until when?"),
        ("until", "until when?"),
        ("until later", "'later' is no day"),
        ("until 25:00", "hour must be in"),
        ("until 2026-02-30", "day is out of range"),
        ("until 2026-11-03", "over before it begins"),
        ("until today 9:00", "over before it begins"),
        ("for ages", "is not a duration"),
        ("for 1000d", "longer than 90 days"),
        ("from yesterday until 9:00", "is no day"),
    ],
)
def test_what_is_no_period_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        schedule_times.period(text, now=NOW, zone=BERLIN)


@given(
    st.text(alphabet="fromuntil 0123456789:-dhm", max_size=40),
    st.timedeltas(timedelta(0), timedelta(days=3_000)).map(lambda since: NOW.astimezone(UTC) + since),
)
def test_whatever_is_typed_is_a_period_ahead_or_an_error(text: str, now: datetime) -> None:
    try:
        start, end = schedule_times.period(text, now=now, zone=BERLIN)
    except ValueError:
        return
    assert start < end
    assert end > now
    assert end - start <= timedelta(days=90)
