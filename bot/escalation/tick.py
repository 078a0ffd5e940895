"""The timer of an escalation: what is due happens in the transaction that finishes the timer's row.

So a process that is killed anywhere loses no step and runs none twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escalation import change, entries, exhausted, steps
from routing import escalation as machine
from routing.escalation import Due, EscalationState
from routing.ticket import DESKBELL, TicketState

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


class Tick:
    """`escalation.step`: runs the steps that are due, asks, releases or wakes; nothing in another generation."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._run(uow, entry)

    async def _run(self, uow: UnitOfWork, entry: OutboxEntry) -> None:
        before, ticket = await change.hold(uow, entry.payload["escalation_id"])
        if before.generation != entry.payload["generation"]:
            return
        after = await self._advance(uow, before, ticket)
        await change.apply(self._services, uow, before, after, ticket)

    async def _advance(self, uow: UnitOfWork, escalation: Escalation, ticket: Ticket) -> Escalation:
        now = self._services.clock()
        if ticket.state is TicketState.RESOLVED:
            return machine.ended(escalation, because="the ticket is resolved", by=DESKBELL, now=now)
        match escalation.due:
            case Due.ASK:
                after = machine.asked(escalation, now=now)
                await entries.question(uow, after, trace_id=ticket.trace_id, now=now)
                return after
            case Due.RELEASE:
                escalation = await self._release(uow, escalation, ticket)
            case Due.WAKE:
                escalation = machine.woken(escalation, now=now)
        after = await steps.run(self._services, uow, escalation, ticket)
        if after.state is EscalationState.EXHAUSTED and after.step is None:
            await exhausted.tell(self._services, uow, after, ticket)
        return after

    async def _release(self, uow: UnitOfWork, escalation: Escalation, ticket: Ticket) -> Escalation:
        after = machine.released(escalation, now=self._services.clock())
        who = escalation.acknowledged_by or ""
        await change.audit(
            self._services, uow, ticket, "acknowledgement_released", actor=DESKBELL, acknowledged_by=who
        )
        await change.tell(
            self._services, uow, after, ticket, f"🔔 No word from <@{who}>: the policy begins again."
        )
        return after
