"""Between what clocks on the wall show and the moments that they show, over every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks show at an aware time; naive."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clocks show a naive time.

    A time that is skipped when the clocks go forward is the moment of the change, and one that comes twice when they
    go back is the first of the two. So a later time is never an earlier moment.
    """
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if local(after, zone) == wall:
        return after
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while after - before > _MINUTE:
        middle = before + (after - before) // _MINUTE // 2 * _MINUTE
        if local(middle, zone) < wall:
            before = middle
        else:
            after = middle
    return after
