"""A mail of ours came back: its card and the thread say so. Nothing is opened again and nobody is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import dead_addresses, messages
from routing import bounces
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from routing.bounces import Bounce
    from routing.threading import Match
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

_NAMED = 3


async def record(services: Services, uow: UnitOfWork, arrival: Arrival, ticket: Ticket, match: Match) -> None:
    """Tie the bounce to the ticket. It becomes no message there: a mail server takes part in no conversation."""
    now = services.clock()
    undelivered = _in_words(bounces.read(arrival.email), ticket)
    await uow.emails.finish(arrival.trace_id, ticket_id=ticket.id, email=arrival.completed)
    await uow.tickets.set_undelivered(ticket.id, undelivered)
    await uow.audit.add(
        "bounced",
        trace_id=arrival.trace_id,
        ticket_id=ticket.id,
        actor=messages.ACTOR,
        now=now,
        undelivered=undelivered,
        original=match.evidence,
    )
    await effects.post_undelivered(
        uow, ticket, channel=services.card_channel(ticket), trace_id=arrival.trace_id, now=now
    )
    await effects.update_card(uow, ticket, now=now)


def _in_words(bounce: Bounce, ticket: Ticket) -> str:
    """`maria@customer.example: mailbox full (5.2.2)`; a bounce that names nobody came from the requester."""
    return "; ".join(map(str, bounce.recipients[:_NAMED])) or ticket.requester.email


async def refused(
    services: Services, uow: UnitOfWork, ticket: Ticket, *, status: str, diagnostic: str
) -> None:
    """The customer's mail server refused our mail at once: no bounce will come."""
    now = services.clock()
    undelivered = f"{ticket.requester.email}: {diagnostic}"
    await uow.tickets.set_undelivered(ticket.id, undelivered)
    await uow.audit.add(
        "refused",
        trace_id=ticket.trace_id,
        ticket_id=ticket.id,
        actor=DESKBELL,
        now=now,
        undelivered=undelivered,
    )
    await dead_addresses.heed(services, uow, ticket, status=status, diagnostic=diagnostic)
    await effects.update_card(uow, await uow.tickets.get(ticket.id), now=now)
