"""Escalate: call the on-call of the ticket's queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import merge
from bot.errors import NotAllowedError
from routing.ticket import TicketState

if TYPE_CHECKING:
    from blocks.escalate_modal import EscalationRequest
    from bot.services import Services
    from routing.ticket import Escalation, Ticket
    from storage.unit_of_work import UnitOfWork

USER_GROUP_PREFIX = "S"


async def escalate(services: Services, request: EscalationRequest, *, agent_id: str) -> None:
    """Page the person or user group in a direct message, and the incident channel.

    Raises:
        NotAllowedError: the ticket is resolved.
    """
    ticket_id = request.ref.ticket_id
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        if ticket.state is TicketState.RESOLVED:
            raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
        escalation = await uow.escalations.start(
            ticket_id=ticket_id,
            reason=request.reason,
            urgency=request.urgency,
            target=services.config.queues[ticket.queue].on_call,
            started_by=agent_id,
            now=now,
        )
        await uow.tickets.raise_priority(ticket_id, request.urgency)
        await uow.audit.add(
            "escalated",
            trace_id=ticket.trace_id,
            ticket_id=ticket_id,
            actor=agent_id,
            now=now,
            target=escalation.target,
            urgency=request.urgency,
            reason=request.reason,
        )
        await _page(services, uow, ticket, escalation)
        await effects.update_card(uow, ticket, now=now)
        await uow.commit()


async def _page(services: Services, uow: UnitOfWork, ticket: Ticket, escalation: Escalation) -> None:
    now = services.clock()
    incident_channel = services.config.desk.incident_channel
    await effects.page(uow, escalation, recipient=incident_channel, trace_id=ticket.trace_id, now=now)
    if escalation.target.startswith(USER_GROUP_PREFIX):
        await effects.page_group(uow, escalation, trace_id=ticket.trace_id, now=now)
    else:
        await effects.page(uow, escalation, recipient=escalation.target, trace_id=ticket.trace_id, now=now)
