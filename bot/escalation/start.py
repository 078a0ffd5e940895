"""Starts an escalation, whoever asks for it: an agent who presses, or a customer who marks a mail as urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.on_call import who

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
    on_call = services.config.queue(ticket.queue).on_call
    people = await who.on_call(services, uow, on_call, at=now)
    escalation = await uow.escalations.start(
        ticket_id=ticket.id,
        reason=reason,
        urgency=urgency,
        target=people[0] if len(people) == 1 else on_call,
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
        return
    for person in people:
        await effects.page(uow, escalation, recipient=person, trace_id=ticket.trace_id, now=now)
    if not people:
        await effects.notify_operators(
            uow,
            f"Nobody is on call by the schedule {on_call}: {services.reference(ticket.id)} calls only the "
            f"incident channel.",
            channel=services.config.desk.operators_channel,
            trace_id=ticket.trace_id,
            now=now,
        )
