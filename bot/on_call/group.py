"""Keeps the user group of a schedule: its members are those on call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.errors import PermanentError
from bot.on_call import rosters, tasks

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


class SyncGroup:
    """`on_call.sync_group`: sets the members, as they should be at the time when it runs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        name = entry.payload["schedule"]
        described = self._services.config.schedules.get(name)
        if described is None or described.user_group is None:
            return effects.nothing
        now = self._services.clock()
        async with self._services.storage.reading() as uow:
            people = (await rosters.load(self._services, uow, [name], at=now))[name].at(now)
        try:
            await self._set(described.user_group, people)
        except PermanentError as error:
            text = f"The user group of the schedule {name} stays as it is: {error}."
            return lambda uow: self._tell(uow, name, text)
        return effects.nothing

    async def _set(self, group: str, people: tuple[str, ...]) -> None:
        workspace = self._services.workspace
        # Slack knows no empty group: it keeps its members while nobody is on call.
        if people and set(await workspace.group_members(group)) != set(people):
            await workspace.set_group_members(group, people)

    async def _tell(self, uow: UnitOfWork, name: str, text: str) -> None:
        now = self._services.clock()
        await effects.notify_operators(
            uow,
            text,
            channel=self._services.config.desk.operators_channel,
            trace_id=tasks.TRACE,
            now=now,
            # Every hour tries it again; once a day says so.
            dedup_key=f"group:{name}:{now:%Y-%m-%d}",
        )
