"""Opens an incident: its first tickets, one page and one card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.escalation import start as escalation
from bot.incidents import outgoing
from bot.telemetry import log
from routing import incidents, sla, subjects
from routing.decision import Priority
from routing.escalation import Trigger
from routing.ticket import DESKBELL, TicketState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.services import Services
    from routing.incidents import Gathers, Incident, Opening
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

_UNTITLED = "Mail without a subject"


async def start(
    services: Services,
    uow: UnitOfWork,
    tickets: Sequence[Ticket],
    *,
    intent: str,
    opening: Opening,
    gathers: Gathers | None,
    title: str = "",
    opened_by: str = DESKBELL,
) -> Incident | None:
    """Open an incident with these tickets, oldest first; the last one has no card unless a person opens it.

    None when another transaction has just opened one for this intent.
    """
    now, first = services.clock(), tickets[0]
    incident = await uow.incidents.open(
        tenant=first.tenant,
        intent=intent,
        title=title or subjects.bare(first.subject) or _UNTITLED,
        opening=opening,
        gathers=gathers,
        first_ticket_id=first.id,
        opened_by=opened_by,
        now=now,
    )
    if incident is None:
        return None
    await _take_in(services, uow, incident, tickets, newest_has_card=opened_by != DESKBELL)
    await _audit_opened(services, uow, incident, count=len(tickets))
    await _call(services, uow, tickets, intent=intent, called_by=opened_by)
    await outgoing.post_card(uow, incident, channel=services.config.desk.incident_channel, note="", now=now)
    services.metrics.incidents_opened.labels(opening).inc()
    log.info("incident_opened", trace_id=incident.trace_id, opening=opening, tickets=len(tickets))
    return incident


async def _audit_opened(services: Services, uow: UnitOfWork, incident: Incident, *, count: int) -> None:
    await uow.audit.add(
        "incident_opened",
        trace_id=incident.trace_id,
        ticket_id=None,
        actor=incident.opened_by,
        now=services.clock(),
        opening=incident.opening,
        intent=incident.intent,
        title=incident.title,
        tickets=str(count),
    )


async def _call(
    services: Services, uow: UnitOfWork, tickets: Sequence[Ticket], *, intent: str, called_by: str
) -> None:
    """Call on-call, once an incident."""
    waiting = _waiting(tickets)
    await escalation.start(
        services,
        uow,
        waiting,
        trigger=Trigger.INCIDENT,
        reason=_reason(services, tickets, intent),
        urgency=Priority.URGENT,
        started_by=called_by,
    )
    await effects.update_card(uow, await uow.tickets.get(waiting.id), now=services.clock())


async def widen(services: Services, uow: UnitOfWork, incident: Incident, tickets: Sequence[Ticket]) -> None:
    """An incident of flagged mail takes in every ticket of its intent from now on, with those of the last minutes."""
    await uow.incidents.widen(incident.id)
    await uow.incidents.note_joined(incident.id, services.clock())
    await _take_in(services, uow, incident, tickets, newest_has_card=False)
    await uow.audit.add(
        "incident_widened",
        trace_id=incident.trace_id,
        ticket_id=None,
        actor=DESKBELL,
        now=services.clock(),
        tickets=str(len(tickets)),
    )
    await outgoing.digest(services, uow, incident)


async def _take_in(
    services: Services,
    uow: UnitOfWork,
    incident: Incident,
    tickets: Sequence[Ticket],
    *,
    newest_has_card: bool,
) -> None:
    newest = tickets[-1]
    for ticket in tickets:
        has_card = ticket is not newest or newest_has_card
        if await uow.incident_tickets.join(incident.id, ticket.id, has_card=has_card, now=ticket.created_at):
            await audit_joined(services, uow, incident, ticket)


async def audit_joined(services: Services, uow: UnitOfWork, incident: Incident, ticket: Ticket) -> None:
    """The trace of a ticket says which incident it belongs to."""
    await uow.audit.add(
        "joined_incident",
        trace_id=ticket.trace_id,
        ticket_id=ticket.id,
        actor=DESKBELL,
        now=services.clock(),
        incident=str(incident.id),
    )


def _waiting(tickets: Sequence[Ticket]) -> Ticket:
    """The first one that nobody looks after: on-call is called for that."""
    return next(
        (one for one in tickets if one.state is TicketState.OPEN and one.assignee_id is None), tickets[-1]
    )


def _reason(services: Services, tickets: Sequence[Ticket], intent: str) -> str:
    """What on-call reads: `Incident: 21 tickets about login in 4 minutes`."""
    count = f"{len(tickets):,} ticket{'' if len(tickets) == 1 else 's'}"
    span = services.clock() - tickets[0].created_at
    within = f" in {sla.phrase(span)}" if len(tickets) > 1 else ""
    about = f" about {intent.replace('_', ' ')}" if incidents.can_be_storm(intent) else ""
    return f"Incident: {count}{about}{within}"
