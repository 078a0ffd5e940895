"""Gathers what a card shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ticket_card import TicketCard

if TYPE_CHECKING:
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def load(services: Services, uow: UnitOfWork, ticket: Ticket, *, note: str | None = None) -> TicketCard:
    """The card of a ticket as it stands in this transaction."""
    opening = await uow.emails.opening(ticket.id)
    if opening.email is None or opening.decision is None:
        raise ValueError(f"ticket {ticket.id} was opened by a mail that was not triaged")
    return TicketCard(
        ticket=ticket,
        reference=services.reference(ticket.id),
        queue_name=services.config.queues[ticket.queue].name,
        excerpt=opening.email.text,
        decision=opening.decision,
        attachments=opening.email.attachments,
        trace_url=services.trace_links.url(ticket.trace_id, now=services.clock()),
        escalation=await uow.escalations.latest(ticket.id),
        note=note,
    )
