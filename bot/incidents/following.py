"""Later mails of a ticket whose incident stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.incidents import outgoing
from routing.incidents import IncidentState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def is_counted(services: Services, uow: UnitOfWork, ticket: Ticket) -> bool:
    """Count a mail on the card of its incident, where its ticket has no card whose thread could show it.

    Once the incident is over nobody looks there: then the ticket gets a card.
    """
    if ticket.card_ts is not None or not await uow.incident_tickets.has_no_card(ticket.id):
        return False
    incident = await uow.incidents.of_ticket(ticket.id)
    if incident is None or incident.state is IncidentState.RESOLVED:
        await uow.incident_tickets.give_card(ticket.id)
        channel = services.config.queue(ticket.queue).channel
        await effects.post_card(uow, ticket, channel=channel, now=services.clock())
        return False
    await uow.incident_tickets.add_follow_up(ticket.id)
    await outgoing.digest(services, uow, incident)
    return True
