"""Gathers what a card shows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from blocks.ticket_card import LatestMessage, Proposal, TicketCard
from bot.incidents.naming import reference as incident_reference
from bot.replies import gate
from routing import authentication, visible_text
from routing.ticket import MessageKind, TicketState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.circumstances import Circumstances
    from routing.decision import RoutingDecision
    from routing.email import Address, InboundEmail
    from routing.ticket import Ticket
    from routing.visible_text import VisibleText
    from storage.unit_of_work import UnitOfWork


_MOST_ALARMS = 10
"""The card names the first of them."""


_MOST_PROPOSALS = 2


async def visible(email: InboundEmail) -> VisibleText:
    """The words of a mail that are new, read away from the event loop: hostile ones take their time."""
    return await asyncio.to_thread(visible_text.of, email.text, subject=email.subject)


async def load(services: Services, uow: UnitOfWork, ticket: Ticket, *, note: str | None = None) -> TicketCard:
    """The card of a ticket as it stands in this transaction."""
    opening = await uow.emails.get(ticket.trace_id)
    if opening.email is None or opening.decision is None:
        raise ValueError(f"ticket {ticket.id} was opened by a mail that was not triaged")
    words = await visible(opening.email)
    incident = await uow.incidents.of_ticket(ticket.id)
    return TicketCard(
        ticket=ticket,
        reference=services.reference(ticket.id),
        queue_name=services.config.queue(ticket.queue).name,
        visible=words,
        decision=opening.decision,
        attachments=opening.email.attachments,
        alarms=tuple(await uow.attachments.alarming(ticket.id, limit=_MOST_ALARMS)),
        trace_url=services.trace_links.url(ticket.trace_id, now=services.clock()),
        escalation=await uow.escalations.latest(ticket.id),
        warnings=authentication.judge(opening.email, services.config.desk.authserv_ids).reasons,
        related_reference=services.reference(ticket.related_id) if ticket.related_id else None,
        writer=writer(services, ticket, words),
        latest=await _latest(uow, ticket),
        company=_company(opening.circumstances, ticket, opening.email),
        recipients=_recipients(services, opening.email),
        proposals=_proposals(services, ticket, opening.decision),
        clocks=tuple(await uow.sla_clocks.of_ticket(ticket.id)),
        incident=incident_reference(incident.id) if incident else None,
        note=note,
    )


def _proposals(services: Services, ticket: Ticket, decision: RoutingDecision) -> tuple[Proposal, ...]:
    """Only while the ticket waits in triage: who has claimed it knows better."""
    config = services.config
    is_waiting = ticket.state is TicketState.OPEN and ticket.assignee_id is None
    if not is_waiting or ticket.queue != config.desk.triage_queue:
        return ()
    return tuple(
        Proposal(queue=guess.queue, name=config.queues[guess.queue].name, probability=guess.probability)
        for guess in decision.guesses
        if guess.queue in config.queues and guess.queue != ticket.queue
    )[:_MOST_PROPOSALS]


async def _latest(uow: UnitOfWork, ticket: Ticket) -> LatestMessage | None:
    newest = await uow.messages.newest_inbound(ticket.id)
    if newest is None or newest.trace_id == ticket.trace_id:
        return None
    words = await asyncio.to_thread(visible_text.of, newest.body, subject=ticket.subject)
    return LatestMessage(at=newest.created_at, words=words.visible)


def _company(known: Circumstances | None, ticket: Ticket, email: InboundEmail) -> str | None:
    """Of the requester who was looked up; a ticket may have been given to somebody else since."""
    is_same = email.answer_to is not None and email.answer_to.email == ticket.requester.email
    found = known.lookup.requester if is_same and known and known.lookup else None
    return found.company if found else None


def _recipients(services: Services, email: InboundEmail) -> tuple[str, ...]:
    """Which of our addresses the mail was sent to."""
    named = {address.email for address in (*email.to, *email.cc)} | set(email.envelope_to)
    return tuple(address for address in services.config.desk.addresses if address in named)


def writer(services: Services, ticket: Ticket, words: VisibleText) -> Address | None:
    """Who wrote the mail that was forwarded, if answers to this ticket could go there instead."""
    found = words.forwarded.sender if words.forwarded else None
    if found is None or ticket.state is not TicketState.OPEN or found.email == ticket.requester.email:
        return None
    verdict = gate.judge(
        kind=MessageKind.REPLY, recipient=found, own_addresses=services.config.desk.addresses
    )
    return found if verdict.is_allowed else None
