"""The same mail, delivered once for each of our addresses that it was sent to: one ticket, not two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import messages
from routing.ticket import MessageKind

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from routing.email import InboundEmail
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def find(uow: UnitOfWork, arrival: Arrival) -> Ticket | None:
    """The ticket that holds this very mail: the same Message-ID, sender and content.

    A Message-ID alone is no proof: some programs give the same one to different mails.
    """
    email = arrival.email
    if email.message_id is None or email.sender is None:
        return None
    known = await uow.message_ids.known([email.message_id], tenant=arrival.stored.tenant)
    owner = known.get(email.message_id)
    if owner is None or owner.is_own:
        return None
    for message in await uow.messages.of_ticket(owner.ticket_id):
        if (
            message.kind is MessageKind.INBOUND
            and message.message_id == email.message_id
            and message.trace_id
        ):
            stored = await uow.emails.get(message.trace_id)
            if stored.email and _content(stored.email) == _content(email):
                return await uow.tickets.get(owner.ticket_id)
    return None


def _content(email: InboundEmail) -> tuple[object, ...]:
    """What is the same in each delivery of a mail; headers differ by the way that it came."""
    files = [(file.filename, file.size) for file in email.attachments]
    return (email.sender, email.subject, email.text, email.html, files)


async def record(services: Services, uow: UnitOfWork, arrival: Arrival, ticket: Ticket) -> None:
    """The mail is stored and belongs to the ticket, and nobody hears of it twice."""
    now = services.clock()
    await uow.emails.finish(arrival.trace_id, ticket_id=ticket.id, email=arrival.completed)
    await uow.audit.add(
        "same_mail",
        trace_id=arrival.trace_id,
        ticket_id=ticket.id,
        actor=messages.ACTOR,
        now=now,
        ticket=services.reference(ticket.id),
        delivered_to=", ".join(arrival.email.envelope_to) or "unknown",
    )
    await effects.update_card(uow, ticket, now=now)
