"""The timer of a ticket that waits for somebody to claim it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.escalation import entries, triggers
from routing import labels, sla
from routing.ticket import MessageKind, TicketState

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_WAITS_ANEW = frozenset({"released", *labels.LabelKind})
"""Audited actions from which on a ticket waits anew, with a timer of its own."""


class Unclaimed:
    """`escalation.unclaimed`: starts the policy if nobody has claimed the ticket since the timer was set."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._look(uow, entry)

    async def _look(self, uow: UnitOfWork, entry: OutboxEntry) -> None:
        await uow.relations.lock(entry.payload["ticket_id"])
        ticket = await uow.tickets.get(entry.payload["ticket_id"])
        since = datetime.fromisoformat(entry.payload["since"])
        longest = self._services.config.policy(ticket.queue, ticket.priority).triggers.unclaimed_for
        if longest is None or not await self._still_waits(uow, ticket, since):
            return
        now, due_at = self._services.clock(), since + longest
        if due_at > now:  # the policy was edited, or is another one at this priority
            await entries.unclaimed(uow, ticket, since=since, due_at=due_at, now=now)
        else:
            await triggers.unclaimed(self._services, uow, ticket, words=sla.phrase(now - since))

    async def _still_waits(self, uow: UnitOfWork, ticket: Ticket, since: datetime) -> bool:
        if ticket.state is not TicketState.OPEN or ticket.assignee_id is not None:
            return False
        if await uow.escalations.open_of(ticket.id):
            return False  # somebody is called about it already
        trail = await uow.audit.for_trace(ticket.trace_id)
        has_waited_anew = any(step.action in _WAITS_ANEW and step.at > since for step in trail)
        return not has_waited_anew and not await self._is_answered(uow, ticket)

    async def _is_answered(self, uow: UnitOfWork, ticket: Ticket) -> bool:
        """Whether an agent wrote last: then it is the customer who is waited for."""
        messages = await uow.messages.of_ticket(ticket.id)
        written = [message.kind for message in messages if message.kind is not MessageKind.ACKNOWLEDGEMENT]
        return bool(written) and written[-1] is MessageKind.REPLY
