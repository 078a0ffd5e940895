"""The effects that tell pagers something.

A service may have got what we could not see arrive: so whatever was tried counts as a call, and is taken back as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot import effects
from bot.errors import DeliveryError, PermanentError, RateLimitedError
from bot.escalation import page_call, unreachable
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from datetime import datetime

    from bot.effects import Record
    from bot.integrations.interfaces import Pager
    from bot.services import Services
    from routing.escalation import Escalation
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

TOLD_AFTER: Final = 3
"""After so many failed attempts, within a minute, the operators' channel hears of it."""
LATE: Final = timedelta(minutes=1)
"""It hears as well of a service that wants to be left alone for longer than a page may wait."""
PAGED: Final = "paged"
"""The audit's word for a call that went out, or may have: its `outcome` is `taken` or `unknown`."""


class Trigger:
    """`pager.trigger`: one call."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        pager = _pager(self._services, entry)
        async with self._services.storage.reading() as uow:
            escalation = await uow.escalations.get(entry.payload["escalation_id"])
            ticket = await uow.relations.whole(escalation.ticket_id)
        if reason := page_call.not_wanted(escalation, ticket):
            return lambda uow: self._skipped(uow, entry, escalation, reason)
        call = page_call.build(self._services, escalation, ticket, number=entry.payload["number"])
        try:
            await pager.trigger(call)
        except PermanentError as error:
            await self._hasten(entry)
            raise PermanentError(f"{self._services.reference(escalation.ticket_id)}: {error}") from error
        except RateLimitedError as error:
            if self._services.clock() + error.retry_after > entry.created_at + LATE:
                await self._warn(entry, escalation, error)
            raise
        except DeliveryError as error:
            await self._failed(entry, escalation, error)
            raise
        return lambda uow: self._audit(uow, entry, escalation, PAGED, outcome="taken")

    async def _skipped(
        self, uow: UnitOfWork, entry: OutboxEntry, escalation: Escalation, reason: str
    ) -> None:
        await self._audit(uow, entry, escalation, "page_skipped", reason=reason)
        if entry.attempts > 1:
            # An earlier attempt may have come through before its worker was lost.
            await self._audit(uow, entry, escalation, PAGED, outcome="unknown")

    async def _failed(self, entry: OutboxEntry, escalation: Escalation, error: DeliveryError) -> None:
        """Remember that it may have arrived, and say so before it is given up, which takes hours."""
        if entry.attempts == 1:
            async with self._services.storage.unit_of_work() as uow:
                await self._audit(uow, entry, escalation, PAGED, outcome="unknown")
                await uow.commit()
        if entry.attempts == TOLD_AFTER:
            await self._warn(entry, escalation, error)
            await self._hasten(entry)

    async def _hasten(self, entry: OutboxEntry) -> None:
        """Whoever is next in the policy is called now, unless somebody else was reached by the same step."""
        if entry.payload["place"] is None:
            return
        lap, position = entry.payload["place"]
        async with self._services.storage.unit_of_work() as uow:
            await unreachable.hasten(
                self._services, uow, entry.payload["escalation_id"], lap=lap, position=position
            )
            await uow.commit()

    async def _warn(self, entry: OutboxEntry, escalation: Escalation, error: DeliveryError) -> None:
        reference = self._services.reference(escalation.ticket_id)
        async with self._services.storage.unit_of_work() as uow:
            await effects.notify_operators(
                uow,
                f"{reference}: {entry.lane} does not take the page ({error}). Deskbell goes on trying; "
                f"somebody else must look at it.",
                channel=self._services.config.desk.operators_channel,
                trace_id=entry.trace_id,
                now=self._services.clock(),
                dedup_key=f"page_failing:{entry.id}",
            )
            await uow.commit()

    async def _audit(
        self, uow: UnitOfWork, entry: OutboxEntry, escalation: Escalation, action: str, **detail: str
    ) -> None:
        await _audit(uow, entry, escalation, action, now=self._services.clock(), **detail)


class Acknowledge:
    """`pager.acknowledge`: the call has found somebody."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        pager = _pager(self._services, entry)
        escalation = await _paged(self._services, entry)
        if escalation is None:
            return effects.nothing
        by = await self._name(entry.payload["by"])
        await pager.acknowledge(page_call.dedup_key(self._services, escalation), by=by)
        now = self._services.clock()
        return lambda uow: _audit(uow, entry, escalation, "pager_acknowledged", now=now)

    async def _name(self, person: str) -> str:
        try:
            return await self._services.workspace.display_name(person)
        except DeliveryError:
            return person  # that somebody has it counts more than how they are called


class Resolve:
    """`pager.resolve`: there is nothing to do any more."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        pager = _pager(self._services, entry)
        escalation = await _paged(self._services, entry)
        if escalation is None:
            return effects.nothing
        await pager.resolve(page_call.dedup_key(self._services, escalation))
        now = self._services.clock()
        return lambda uow: _audit(uow, entry, escalation, "pager_resolved", now=now)


def _pager(services: Services, entry: OutboxEntry) -> Pager:
    name: str = entry.payload["pager"]
    if name not in services.pagers:
        raise PermanentError(f"support.yaml has no pager {name!r}")
    return services.pagers[name]


async def _paged(services: Services, entry: OutboxEntry) -> Escalation | None:
    """The escalation, if the pager was called about it, or may have been."""
    async with services.storage.reading() as uow:
        escalation = await uow.escalations.get(entry.payload["escalation_id"])
        calls = await uow.audit.of_ticket(escalation.ticket_id, actions={PAGED})
    wanted = {"escalation": str(escalation.id), "pager": entry.payload["pager"]}
    return escalation if any(wanted.items() <= call.detail.items() for call in calls) else None


async def _audit(
    uow: UnitOfWork, entry: OutboxEntry, escalation: Escalation, action: str, *, now: datetime, **detail: str
) -> None:
    await uow.audit.add(
        action,
        trace_id=entry.trace_id,
        ticket_id=escalation.ticket_id,
        actor=DESKBELL,
        now=now,
        escalation=str(escalation.id),
        pager=entry.payload["pager"],
        **detail,
    )
