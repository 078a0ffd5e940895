"""What every mail does to its ticket, be it the first or a later one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot import effects
from bot.attachments import arriving
from bot.desk import clocks
from bot.escalation import start
from bot.incidents import following
from routing import sla_trail, urgency
from routing.decision import Priority
from routing.escalation import Trigger
from routing.ticket import DESKBELL, MessageKind, TicketState

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from routing.threading import Match
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

ACTOR = DESKBELL


async def add_inbound(services: Services, uow: UnitOfWork, arrival: Arrival, ticket: Ticket) -> int:
    """Write the message and its files, and remember every Message-ID that leads to this ticket from now on."""
    email = arrival.email
    own_and_ancestors = [*email.in_reply_to, *reversed(email.references)]
    if email.message_id:
        own_and_ancestors.insert(0, email.message_id)
    await uow.message_ids.add(own_and_ancestors, tenant=ticket.tenant, ticket_id=ticket.id)
    await arriving.expect(services, uow, arrival.trace_id, email.attachments)
    return await uow.messages.add(
        ticket_id=ticket.id,
        kind=MessageKind.INBOUND,
        message_id=email.message_id,
        author=email.sender.email if email.sender else "",
        body=email.text,
        now=services.clock(),
        trace_id=arrival.trace_id,
    )


async def heed_urgent_word(services: Services, uow: UnitOfWork, arrival: Arrival, ticket: Ticket) -> Ticket:
    """Raise the priority and call on-call, once, if the customer marked the mail.

    A ticket that is urgent stays as it is, a sender who may be forged calls nobody, and for an incident
    on-call has been called already.
    """
    mail, subject, words = services.config.mail, arrival.email.subject, arrival.visible.visible
    candidates = (mail.urgent_word, *mail.also_urgent)
    word = next((word for word in candidates if urgency.is_marked(subject, words, word)), None)
    if word is None or arrival.automatic.is_automatic or arrival.authentication.is_failed:
        return ticket
    if await uow.tickets.raise_priority(ticket.id, Priority.URGENT):
        await uow.audit.add(
            "marked_urgent",
            trace_id=arrival.trace_id,
            ticket_id=ticket.id,
            actor=ACTOR,
            now=services.clock(),
            because=f"it begins with {word}",
        )
        if await uow.incidents.of_ticket(ticket.id) is None:
            await start.start(
                services,
                uow,
                ticket,
                trigger=Trigger.URGENT_WORD,
                reason=f"The customer's mail begins with {word}.",
                urgency=Priority.URGENT,
                started_by=ACTOR,
            )
    return await uow.tickets.get(ticket.id)


async def follow_up(
    services: Services, uow: UnitOfWork, arrival: Arrival, ticket: Ticket, match: Match
) -> None:
    """The mail joins the ticket: its words go to the card's thread, and a resolved ticket opens again."""
    now = services.clock()
    await uow.emails.finish(arrival.trace_id, ticket_id=ticket.id, email=arrival.completed)
    message_row_id = await add_inbound(services, uow, arrival, ticket)
    audit = partial(uow.audit.add, trace_id=arrival.trace_id, ticket_id=ticket.id, actor=ACTOR, now=now)
    detail: dict[str, Any] = {"signal": match.signal, "evidence": match.evidence}
    if arrival.automatic.is_automatic:
        detail["automatic"] = sla_trail.YES
    await audit("joined", **detail)
    if not arrival.automatic.is_automatic:
        await uow.tickets.set_undelivered(ticket.id, None)
        if ticket.state is TicketState.RESOLVED:
            await uow.tickets.reopen(ticket.id)
            await audit("reopened", because="the customer wrote again")
        await clocks.follow(services, uow, ticket.id)
    await heed_urgent_word(services, uow, arrival, ticket)
    await uow.tickets.touch(ticket.id)
    if await following.is_counted(services, uow, ticket):
        return
    await effects.post_in_thread(
        uow,
        effects.Kind.POST_FOLLOW_UP,
        ticket,
        channel=services.card_channel(ticket),
        message_row_id=message_row_id,
        trace_id=arrival.trace_id,
        now=now,
    )
    await effects.update_card(uow, ticket, now=now)
