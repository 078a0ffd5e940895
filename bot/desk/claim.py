"""Claim and release: of two who press at once, one wins and the other learns who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot import effects
from bot.desk import merge
from bot.errors import NotAllowedError
from bot.escalation import stops, triggers
from routing.ticket import TicketState

if TYPE_CHECKING:
    from bot.services import Services


async def claim(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Give the ticket to the agent who pressed.

    Raises:
        NotAllowedError: somebody else has it, or it is resolved.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        won = await uow.tickets.claim(ticket_id, agent_id=agent_id, now=now)
        ticket = await uow.tickets.get(ticket_id)
        if not won:
            merge.refuse_part(services, ticket)
            raise NotAllowedError(_why_not(services, ticket.state, ticket_id, ticket.assignee_id, agent_id))
        await uow.audit.add("claimed", trace_id=ticket.trace_id, ticket_id=ticket_id, actor=agent_id, now=now)
        await stops.claimed(services, uow, ticket, by=agent_id)
        await effects.update_card(uow, ticket, now=now)
        await uow.commit()


async def release(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Put the ticket back for anyone; any agent may, as when its assignee has gone home.

    Raises:
        NotAllowedError: nobody has it, or it is resolved.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        before = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, before)
        if before.assignee_id is None or not await uow.tickets.release(
            ticket_id, assignee_id=before.assignee_id
        ):
            raise NotAllowedError(f"{services.reference(ticket_id)} is not claimed by anyone any more.")
        await uow.audit.add(
            "released",
            trace_id=before.trace_id,
            ticket_id=ticket_id,
            actor=agent_id,
            now=now,
            assignee=before.assignee_id,
        )
        await triggers.waits(services, uow, await uow.tickets.get(ticket_id))
        await effects.update_card(uow, before, now=now)
        await uow.commit()


def _why_not(
    services: Services, state: TicketState, ticket_id: int, assignee_id: str | None, agent_id: str
) -> str:
    reference = services.reference(ticket_id)
    if state is TicketState.RESOLVED:
        return f"{reference} is resolved already. Press Reopen first."
    if assignee_id == agent_id:
        return f"You have claimed {reference} already."
    winner = text.user(assignee_id) if assignee_id else "somebody else"
    return f"{winner} claimed {reference} before you."
