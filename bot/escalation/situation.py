"""How things are when a step is due, as far as its condition asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.escalation_policy import Situation

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation_policy import OnlyIf
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def of(services: Services, uow: UnitOfWork, ticket: Ticket, condition: OnlyIf) -> Situation:
    """The ticket, the hour and, if it is asked for, how many tickets have come."""
    now = services.clock()
    recent = {}
    if storm := condition.tickets:
        recent[storm.within] = await uow.tickets.arrived(ticket.queue, since=now - storm.within)
    return Situation(
        is_unclaimed=ticket.assignee_id is None,
        priority=ticket.priority,
        is_business_hours=services.config.business_hours.is_open(now),
        recent=recent,
    )
