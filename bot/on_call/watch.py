"""Looks who is on call, and tells who begins and who is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import on_call_notices
from bot.on_call import rosters, tasks

if TYPE_CHECKING:
    from datetime import datetime

    from bot.effects import Record
    from bot.on_call.rosters import Roster
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


class Watch:
    """`on_call.watch`: a timer that writes the next one in its own transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._look(uow, entry.payload["schedule"])

    async def _look(self, uow: UnitOfWork, name: str) -> None:
        described = self._services.config.schedules.get(name)
        if described is None:
            return  # no longer configured; a reload that brings it back starts anew
        now = self._services.clock()
        roster = (await rosters.load(self._services, uow, [name], at=now))[name]
        until = roster.hand_over_after(now)
        await _announce(uow, roster, now=now)
        if described.user_group:
            await tasks.sync_group(uow, name, now=now)
        await tasks.watch_again(uow, name, hand_over=until, now=now)


async def _announce(uow: UnitOfWork, roster: Roster, *, now: datetime) -> None:
    """Tell whoever was not on call at the last look, and whoever is no longer; the first look tells nobody."""
    people, before = roster.at(now), await uow.announced_shifts.of(roster.name)
    if before == people:
        return
    await uow.announced_shifts.remember(roster.name, people, now=now)
    if before is None:
        return
    for person in people:
        if person not in before:
            until = roster.relief_of(person, now)
            await tasks.tell(uow, person, on_call_notices.begins(roster.name, until), now=now)
    for person in before:
        if person not in people:
            await tasks.tell(uow, person, on_call_notices.ends(roster.name, people), now=now)
