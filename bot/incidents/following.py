"""Later mails of a ticket whose incident stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.incidents import outgoing

if TYPE_CHECKING:
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def is_counted(services: Services, uow: UnitOfWork, ticket: Ticket) -> bool:
    """Count a mail on the card of its incident, where its ticket has no card whose thread could show it."""
    if ticket.card_ts is not None or not await uow.incident_tickets.has_no_card(ticket.id):
        return False
    incident = await uow.incidents.of_ticket(ticket.id)
    if incident is not None:
        await uow.incident_tickets.add_follow_up(ticket.id)
        await outgoing.digest(services, uow, incident)
    return True
