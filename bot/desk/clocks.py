"""Keeps the SLA clocks of tickets: after each step that may move them they are read from the audit trail anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.desk import sla_effects
from routing import sla_policy, sla_trail
from routing.sla_policy import Metric, Policy
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from bot.services import Services
    from routing.sla_clock import Clock
    from routing.sla_trail import Account
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def read(uow: UnitOfWork, ticket_id: int) -> Account:
    """What the audit trail says of a ticket's clocks."""
    return sla_trail.read(await uow.audit.of_ticket(ticket_id, actions=sla_trail.ACTIONS))


async def promise(services: Services, uow: UnitOfWork, ticket: Ticket, policy: Policy) -> None:
    """Write down what is promised from now on, if that is news, and let the clocks follow."""
    detail: dict[str, Any] = dict(sla_policy.written(policy))
    if policy != ((await read(uow, ticket.id)).policy or Policy()):
        await uow.audit.add(
            sla_trail.PROMISED,
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=DESKBELL,
            now=services.clock(),
            **detail,
        )
    await follow(services, uow, ticket.id)


async def moved(services: Services, uow: UnitOfWork, ticket_id: int) -> None:
    """The ticket stands in another queue, which makes promises of its own."""
    ticket = await uow.tickets.get(ticket_id)
    told = await _told(uow, ticket)
    await promise(services, uow, ticket, services.config.sla_policy(ticket.queue, ticket.tier, told=told))


async def follow(services: Services, uow: UnitOfWork, ticket_id: int) -> None:
    """Bring the stored clocks to what the audit trail says, and set their timers.

    A ticket that was never promised anything, as one from before there were clocks, stays as it is.
    """
    await uow.relations.lock(ticket_id)  # so that the trail is complete: whoever moves the ticket waits here
    account = await read(uow, ticket_id)
    if account.policy is None:
        return
    ticket = await uow.tickets.get(ticket_id)
    stored = {(clock.metric, clock.number): clock for clock in await uow.sla_clocks.of_ticket(ticket_id)}
    for clock in account.clocks:
        before = stored.pop((clock.metric, clock.number), None)
        if clock != before:
            await uow.sla_clocks.put(ticket_id, clock)
            await _changed(services, uow, ticket, before, clock)
    for clock in stored.values():
        await uow.sla_clocks.remove(ticket_id, clock)
    if ticket.response_due_at != (due_at := _response_due(account.clocks)):
        await uow.tickets.set_response_due(ticket_id, due_at)


async def first_response(uow: UnitOfWork, ticket_id: int) -> Clock | None:
    """The newest clock of the first response, going or not."""
    clocks = await uow.sla_clocks.of_ticket(ticket_id)
    return next((clock for clock in reversed(clocks) if clock.metric is Metric.FIRST_RESPONSE), None)


async def _changed(
    services: Services, uow: UnitOfWork, ticket: Ticket, before: Clock | None, clock: Clock
) -> None:
    if clock.breached_at and not (before and before.breached_at):
        services.metrics.sla_breaches.labels(ticket.queue, clock.metric).inc()
    if clock.is_running and _is_set_anew(before, clock):
        await sla_effects.remind(uow, ticket, clock, now=services.clock())


def _is_set_anew(before: Clock | None, clock: Clock) -> bool:
    """Whether it needs timers that it has not: for another deadline, or for people who were not told yet."""
    if before is None or before.due_at != clock.due_at:
        return True
    was_warned, was_told = (
        before.warned_at and not clock.warned_at,
        before.breached_at and not clock.breached_at,
    )
    return bool(was_warned or was_told)


def _response_due(clocks: Sequence[Clock]) -> datetime | None:
    first = [clock for clock in clocks if clock.metric is Metric.FIRST_RESPONSE]
    return first[-1].due_at if first else None


async def _told(uow: UnitOfWork, ticket: Ticket) -> timedelta | None:
    """The first response that the directory promised to whoever opened the ticket."""
    known = (await uow.emails.get(ticket.trace_id)).circumstances
    found = known.lookup.requester if known and known.lookup else None
    return found.sla if found else None
