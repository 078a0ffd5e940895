"""The effects of the timers of SLA clocks: what one was set for is looked at once more when it rings."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot import effects
from bot.desk import clocks
from bot.escalation import triggers
from routing import sla_trail
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from routing.sla_clock import Clock
    from routing.ticket import Ticket
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_IN_TIME = timedelta(minutes=1)
"""A timer that rings later than this was late, as after the desk was down."""


class SlaWarn:
    """`sla.warn`: most of a clock's time is used. Where all of it is by now, only the breach is told."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return partial(self._ring, entry)

    async def _ring(self, entry: OutboxEntry, uow: UnitOfWork) -> None:
        await uow.relations.lock(entry.payload["ticket_id"])
        ticket, clock = await find(uow, entry)
        now = self._services.clock()
        if clock is None or not clock.is_running or clock.warned_at or clock.breached_at:
            return
        if clock.due_at is None or now >= clock.due_at:
            return
        clock = await _record(self._services, uow, ticket, clock, sla_trail.WARNED, entry)
        await triggers.sla_warning(self._services, uow, ticket, clock)


class SlaBreach:
    """`sla.breach`: a clock's time is used up, and what was promised has not happened."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return partial(self._ring, entry)

    async def _ring(self, entry: OutboxEntry, uow: UnitOfWork) -> None:
        await uow.relations.lock(entry.payload["ticket_id"])
        ticket, clock = await find(uow, entry)
        if clock is None or clock.ended_at or clock.breached_at:
            return
        clock = await _record(self._services, uow, ticket, clock, sla_trail.BREACHED, entry)
        await triggers.sla_breach(self._services, uow, ticket, clock)


async def find(uow: UnitOfWork, entry: OutboxEntry) -> tuple[Ticket, Clock | None]:
    """The ticket and the clock that the entry is about; None where its deadline has moved."""
    payload = entry.payload
    ticket = await uow.tickets.get(payload["ticket_id"])
    due_at = datetime.fromisoformat(payload["due_at"])
    for clock in await uow.sla_clocks.of_ticket(ticket.id):
        if (clock.metric, clock.number, clock.due_at) == (payload["metric"], payload["number"], due_at):
            return ticket, clock
    return ticket, None


async def _record(
    services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock, action: str, entry: OutboxEntry
) -> Clock:
    """Write it into the audit trail and onto the card; answers the clock as it is then."""
    now = services.clock()
    # One that was due when it was set, as in a queue with a shorter promise, is late from then on only.
    late = now - max(entry.due_at, entry.created_at)
    detail = {"metric": str(clock.metric), "number": str(clock.number), "due": entry.payload["due_at"]}
    if late > _IN_TIME:
        detail["late"] = f"{late // timedelta(minutes=1)} min"
    await uow.audit.add(
        action, trace_id=ticket.trace_id, ticket_id=ticket.id, actor=DESKBELL, now=now, **detail
    )
    await clocks.follow(services, uow, ticket.id)
    await uow.tickets.touch(ticket.id)
    await effects.update_card(uow, ticket, now=now)
    _, told = await find(uow, entry)
    return told or clock
