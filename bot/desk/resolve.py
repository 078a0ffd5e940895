"""Resolve and reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import clocks, merge
from bot.errors import NotAllowedError
from bot.escalation import stops

if TYPE_CHECKING:
    from bot.services import Services
    from storage.unit_of_work import UnitOfWork


async def resolve(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Close the ticket and record how long it took.

    Raises:
        NotAllowedError: it was resolved already.
    """
    async with services.storage.unit_of_work() as uow:
        if not await close(services, uow, ticket_id, agent_id=agent_id):
            merge.refuse_part(services, await uow.tickets.get(ticket_id))
            raise NotAllowedError(f"{services.reference(ticket_id)} is resolved already.")
        await uow.commit()


async def close(services: Services, uow: UnitOfWork, ticket_id: int, *, agent_id: str) -> bool:
    """As `resolve`, within a transaction that does more; False when it was resolved already."""
    now = services.clock()
    if not await uow.tickets.resolve(ticket_id, agent_id=agent_id, now=now):
        return False
    ticket = await uow.tickets.get(ticket_id)
    await uow.audit.add(
        "resolved",
        trace_id=ticket.trace_id,
        ticket_id=ticket_id,
        actor=agent_id,
        now=now,
        seconds=str(int((now - ticket.created_at).total_seconds())),
    )
    await stops.ended(services, uow, ticket, because="the ticket is resolved", by=agent_id)
    await clocks.follow(services, uow, ticket_id)
    await effects.update_card(uow, ticket, now=now)
    return True


async def reopen(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Open the ticket again.

    Raises:
        NotAllowedError: it is open, or part of another one.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        is_open = await uow.tickets.reopen(ticket_id)
        ticket = await uow.tickets.get(ticket_id)
        if not is_open:
            merge.refuse_part(services, ticket)
            raise NotAllowedError(f"{services.reference(ticket_id)} is open already.")
        await uow.audit.add(
            "reopened", trace_id=ticket.trace_id, ticket_id=ticket_id, actor=agent_id, now=now
        )
        await clocks.follow(services, uow, ticket_id)
        await effects.update_card(uow, ticket, now=now)
        await uow.commit()
