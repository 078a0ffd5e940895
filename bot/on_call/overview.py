"""Who is on call now and next, by every schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import on_call
from bot.config_schedules import FedSchedule
from bot.on_call import rosters

if TYPE_CHECKING:
    from datetime import datetime

    from bot.on_call.rosters import Roster
    from bot.services import Services


async def look(services: Services, schedule: str | None = None) -> list[on_call.OnCall]:
    """All schedules, or the one that is named."""
    now = services.clock()
    async with services.storage.reading() as uow:
        found = await rosters.load(services, uow, [schedule] if schedule else None, at=now)
    return [_shown(services, roster, now) for roster in found.values()]


def _shown(services: Services, roster: Roster, now: datetime) -> on_call.OnCall:
    return on_call.OnCall(
        schedule=roster.name,
        people=roster.at(now),
        until=roster.hand_over_after(now),
        next=roster.next_after(now),
        overrides=[
            on_call.ShownOverride(id=stored.id, override=stored.override, created_by=stored.created_by)
            for stored in roster.stored
        ],
        note=_note(services, roster),
    )


def _note(services: Services, roster: Roster) -> str:
    copy = roster.copy
    if copy and copy.failing_since:
        read = f"read last at {copy.fetched_at:%Y-%m-%d %H:%M} UTC" if copy.fetched_at else "never read yet"
        return f"Its calendar is {read}: {copy.failure}"
    is_fed = isinstance(services.config.schedules.get(roster.name), FedSchedule)
    return "Its calendar was not read yet." if is_fed and copy is None else ""
