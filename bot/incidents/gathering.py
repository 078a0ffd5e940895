"""Which incident a new ticket belongs to: one that is open, one that it opens, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.incidents import outgoing, starting
from routing import incidents
from routing.incidents import Gathers, Opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import SupportConfig
    from bot.services import Services
    from routing.decision import RoutingDecision
    from routing.incidents import Incident
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


def counts_as(config: SupportConfig, decision: RoutingDecision, *, is_automatic: bool) -> str | None:
    """The intent by which a new ticket counts for a storm; None where it counts for none."""
    if config.incidents.storm is None or not incidents.can_be_storm(decision.intent):
        return None
    return None if _belongs_nowhere(config, decision, is_automatic=is_automatic) else decision.intent


async def gather(
    services: Services, uow: UnitOfWork, ticket: Ticket, decision: RoutingDecision, *, is_automatic: bool
) -> bool:
    """Whether an incident stands for the ticket, so that no card is posted for it."""
    config = services.config
    if _belongs_nowhere(config, decision, is_automatic=is_automatic):
        return False
    incident = await _gathering(services, uow, ticket, decision)
    if incident and incidents.takes(incident, is_flagged=decision.is_incident):
        await join(services, uow, incident, ticket)
        return True
    if decision.is_incident:
        return await _open(services, uow, [ticket], decision, opening=Opening.RULE, gathers=Gathers.FLAGGED)
    return await _storm(services, uow, incident, ticket, decision)


async def join(services: Services, uow: UnitOfWork, incident: Incident, ticket: Ticket) -> None:
    """Put a new ticket into an incident, which stands for it from now on."""
    now = services.clock()
    if not await uow.incident_tickets.join(incident.id, ticket.id, has_card=False, now=now):
        return
    if incidents.is_worth_noting(incident, now=now):
        await uow.incidents.note_joined(incident.id, now)
    await starting.audit_joined(services, uow, incident, ticket)
    await outgoing.digest(services, uow, incident)


def _belongs_nowhere(config: SupportConfig, decision: RoutingDecision, *, is_automatic: bool) -> bool:
    return incidents.belongs_nowhere(
        decision.intent,
        queue=decision.queue,
        is_automatic=is_automatic,
        without=config.incidents.without_intents,
        without_queues=config.incidents.without_queues,
    )


async def _gathering(
    services: Services, uow: UnitOfWork, ticket: Ticket, decision: RoutingDecision
) -> Incident | None:
    """The incident that takes in tickets of this intent, unless it has been quiet for long."""
    found = await uow.incidents.gathering(tenant=ticket.tenant, intent=decision.intent, locks=True)
    if found is None:
        return None
    join_for = services.config.incidents.join_for
    if incidents.is_quiet(found, now=services.clock(), join_for=join_for):
        await uow.incidents.stop_gathering(found.id)
        return None
    return found


async def _storm(
    services: Services, uow: UnitOfWork, incident: Incident | None, ticket: Ticket, decision: RoutingDecision
) -> bool:
    """Whether this is one ticket too many of its intent; then those of the last minutes belong together."""
    storm = services.config.incidents.storm
    if storm is None or not incidents.can_be_storm(decision.intent):
        return False
    since = services.clock() - storm.within
    ids = await uow.incident_tickets.storm(
        tenant=ticket.tenant, intent=decision.intent, since=since, limit=2 * storm.tickets + 1
    )
    if len(ids) <= storm.tickets:
        return False
    tickets = [await uow.tickets.get(ticket_id) for ticket_id in ids if ticket_id != ticket.id]
    if incident is not None:
        await starting.widen(services, uow, incident, [*tickets, ticket])
        return True
    together = [*tickets, ticket]
    return await _open(services, uow, together, decision, opening=Opening.STORM, gathers=Gathers.ALL)


async def _open(
    services: Services,
    uow: UnitOfWork,
    tickets: Sequence[Ticket],
    decision: RoutingDecision,
    *,
    opening: Opening,
    gathers: Gathers,
) -> bool:
    """Open an incident, or join the one that somebody else has opened at the same moment, if it is still there."""
    intent = decision.intent
    if await starting.start(services, uow, tickets, intent=intent, opening=opening, gathers=gathers):
        return True
    found = await uow.incidents.gathering(tenant=tickets[-1].tenant, intent=intent, locks=True)
    if found is None:
        return False
    await join(services, uow, found, tickets[-1])
    return True
