"""What starts a policy by itself. A mail of a robot never does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import sla_effects
from bot.escalation import entries, start
from routing.escalation import Trigger
from routing.incidents import IncidentState
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.services import Services
    from routing.decision import RoutingDecision
    from routing.escalation_policy import Triggers
    from routing.sla_clock import Clock
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def opened(services: Services, uow: UnitOfWork, ticket: Ticket, decision: RoutingDecision) -> Ticket:
    """A ticket was opened; gives it as it is then."""
    await waits(services, uow, ticket)
    if _of(services, ticket).incident and decision.is_incident:
        await _start(services, uow, ticket, Trigger.INCIDENT, "A rule calls the mail a sign of an incident.")
    else:
        await raised(services, uow, ticket)
    return await uow.tickets.get(ticket.id)


async def raised(services: Services, uow: UnitOfWork, ticket: Ticket) -> None:
    """A ticket has come to a priority; where somebody is called about it, they are."""
    least = _of(services, ticket).priority
    if least is None or ticket.priority.rank < least.rank or await uow.escalations.open_of(ticket.id):
        return
    await _start(services, uow, ticket, Trigger.PRIORITY, f"The priority is {ticket.priority}.")


async def waits(services: Services, uow: UnitOfWork, ticket: Ticket) -> None:
    """A ticket waits for somebody to claim it, from now on."""
    now = services.clock()
    longest = _of(services, ticket).unclaimed_for
    if longest is not None and ticket.assignee_id is None:
        await entries.unclaimed(uow, ticket, since=now, due_at=now + longest, now=now)


async def unclaimed(services: Services, uow: UnitOfWork, ticket: Ticket, *, words: str) -> None:
    """A ticket has waited so long; `words` say how long."""
    await _start(services, uow, ticket, Trigger.UNCLAIMED, f"Nobody has claimed it for {words}.")


async def sla_warning(services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    """A clock of the ticket is nearly used up: tell its assignee in the card's thread, and perhaps call people."""
    await _tell(services, uow, ticket, clock)
    if _of(services, ticket).sla_warning:
        reason = f"The time for the {_name(clock)} is nearly up."
        await _start(services, uow, ticket, Trigger.SLA_WARNING, reason)


async def sla_breach(services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    """A clock of the ticket is used up: tell its assignee in the card's thread, and perhaps call people."""
    await _tell(services, uow, ticket, clock)
    if _of(services, ticket).sla_breach:
        reason = f"The time for the {_name(clock)} is up."
        await _start(services, uow, ticket, Trigger.SLA_BREACH, reason)


async def _tell(services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    if await uow.incident_tickets.has_no_card(ticket.id):
        return  # its incident stands for it
    channel = services.card_channel(ticket)
    await sla_effects.tell(uow, ticket, clock, channel=channel, now=services.clock())


def _name(clock: Clock) -> str:
    return clock.metric.replace("_", " ")


def _of(services: Services, ticket: Ticket) -> Triggers:
    return services.config.policy(ticket.queue, ticket.priority).triggers


async def _start(services: Services, uow: UnitOfWork, ticket: Ticket, trigger: Trigger, reason: str) -> None:
    """Nobody is called for one ticket of an open incident: somebody was called for all of them."""
    incident = await uow.incidents.of_ticket(ticket.id)
    if incident and incident.state is IncidentState.OPEN:
        return
    await start.start(
        services, uow, ticket, trigger=trigger, reason=reason, urgency=ticket.priority, started_by=DESKBELL
    )
