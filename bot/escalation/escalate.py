"""Escalate: an agent calls the on-call of the ticket's queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import merge
from bot.errors import NotAllowedError
from bot.escalation import start
from routing.ticket import TicketState

if TYPE_CHECKING:
    from blocks.escalate_modal import EscalationRequest
    from bot.services import Services


async def escalate(services: Services, request: EscalationRequest, *, agent_id: str) -> None:
    """Page the person or user group in a direct message, and the incident channel.

    Raises:
        NotAllowedError: the ticket is resolved.
    """
    ticket_id = request.ref.ticket_id
    async with services.storage.unit_of_work() as uow:
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        if ticket.state is TicketState.RESOLVED:
            raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
        await start.start(
            services, uow, ticket, reason=request.reason, urgency=request.urgency, started_by=agent_id
        )
        await effects.update_card(uow, ticket, now=services.clock())
        await uow.commit()
