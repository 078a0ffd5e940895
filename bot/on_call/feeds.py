"""Reads the calendars that others keep; while one cannot be read its last good copy counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import effects
from bot.config_schedules import FedSchedule
from bot.errors import DeliveryError
from bot.on_call import tasks
from bot.telemetry import log
from routing import duties

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from routing.duties import Duty
    from storage.duty_copies import DutyCopy
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_BACK, _AHEAD = timedelta(days=1), timedelta(days=60)
"""What is asked for, around now."""


class Refresh:
    """`on_call.refresh`: a timer that writes the next one in its own transaction, whatever it found."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        name = entry.payload["schedule"]
        described = self._services.config.schedules.get(name)
        if not isinstance(described, FedSchedule):
            return effects.nothing  # no longer configured; a reload that brings it back starts anew
        now = self._services.clock()
        try:
            found = await self._services.duty_calendars.duties(
                name, described, start=now - _BACK, end=now + _AHEAD
            )
        except DeliveryError as error:
            failure = str(error)
            return lambda uow: self._failed(uow, name, described, failure)
        return lambda uow: self._read(uow, name, described, found)

    async def _read(
        self, uow: UnitOfWork, name: str, described: FedSchedule, found: tuple[Duty, ...]
    ) -> None:
        now = self._services.clock()
        before = (await uow.duty_copies.of([name])).get(name)
        await uow.duty_copies.keep(name, found, now=now)
        if before is None or before.duties != found:
            await tasks.watch(uow, name, now=now)
        if before and before.failing_since:
            await self._tell(uow, f"The calendar of the schedule {name} can be read again.")
        news = set(duties.unknown(found, described.feed.people))
        if before and before.fetched_at:
            news -= set(duties.unknown(before.duties, described.feed.people))
        if news:
            await self._tell(
                uow,
                f"The calendar of the schedule {name} names {', '.join(sorted(news))}, whom its `people` in "
                f"support.yaml do not know: nobody is called in their shifts.",
            )
        await tasks.refresh_again(uow, name, every=described.feed.refresh, now=now)

    async def _failed(self, uow: UnitOfWork, name: str, described: FedSchedule, failure: str) -> None:
        now = self._services.clock()
        before = (await uow.duty_copies.of([name])).get(name)
        since = before.failing_since if before else None
        await uow.duty_copies.failed(name, failure, since=since or now)
        log.warning("calendar_failed", schedule=name, error=failure)
        if since is None:
            await self._tell(uow, f"The calendar of the schedule {name}: {failure}. {_what_counts(before)}")
        await tasks.refresh_again(uow, name, every=described.feed.refresh, now=now)

    async def _tell(self, uow: UnitOfWork, text: str) -> None:
        await effects.notify_operators(
            uow,
            text,
            channel=self._services.config.desk.operators_channel,
            trace_id=tasks.TRACE,
            now=self._services.clock(),
        )


def _what_counts(copy: DutyCopy | None) -> str:
    if copy is None or copy.fetched_at is None:
        return "There is no copy of it: nobody is on call by this schedule until it can be read."
    return f"Its copy of {copy.fetched_at:%Y-%m-%d %H:%M} UTC counts until it can be read again."
