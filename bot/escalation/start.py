"""Starts an escalation, whoever asks for it: an agent who presses, or a customer who marks a mail as urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects

if TYPE_CHECKING:
    from bot.services import Services
    from routing.decision import Priority
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

USER_GROUP_PREFIX = "S"


async def start(
    services: Services, uow: UnitOfWork, ticket: Ticket, *, reason: str, urgency: Priority, started_by: str
) -> None:
    """Page the on-call of the ticket's queue in a direct message, and the incident channel."""
    now = services.clock()
    escalation = await uow.escalations.start(
        ticket_id=ticket.id,
        reason=reason,
        urgency=urgency,
        target=services.config.queue(ticket.queue).on_call,
        started_by=started_by,
        now=now,
    )
    await uow.tickets.raise_priority(ticket.id, urgency)
    await uow.audit.add(
        "escalated",
        trace_id=ticket.trace_id,
        ticket_id=ticket.id,
        actor=started_by,
        now=now,
        target=escalation.target,
        urgency=urgency,
        reason=reason,
    )
    incident_channel = services.config.desk.incident_channel
    await effects.page(uow, escalation, recipient=incident_channel, trace_id=ticket.trace_id, now=now)
    if escalation.target.startswith(USER_GROUP_PREFIX):
        await effects.page_group(uow, escalation, trace_id=ticket.trace_id, now=now)
    else:
        await effects.page(uow, escalation, recipient=escalation.target, trace_id=ticket.trace_id, now=now)
