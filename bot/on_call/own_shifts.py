"""When one person is on call, by every schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from blocks.home import HomeShift
from bot.on_call import rosters

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services import Services
    from storage.unit_of_work import UnitOfWork

_AHEAD = timedelta(weeks=2)


async def of(services: Services, uow: UnitOfWork, person: str, *, now: datetime) -> list[HomeShift]:
    """The shifts that touch the next two weeks, in order; the last ones to their real end."""
    found = await rosters.load(services, uow, at=now)
    shifts = [
        HomeShift(schedule=name, start=shift.start, end=shift.end, is_now=shift.start <= now)
        for name, roster in found.items()
        for shift in roster.shifts_of(person, now, now + 2 * _AHEAD)
        if shift.start < now + _AHEAD
    ]
    return sorted(shifts, key=lambda shift: shift.start)
