"""Which ticket a mail belongs to: one that it joins, one that it is tied to, or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from routing import bounces, subjects, threading
from routing.robots import AutomaticKind
from routing.threading import Match, Obstacle, Signal
from routing.ticket import Relation, Ticket
from storage.errors import NotFoundError

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from storage.unit_of_work import UnitOfWork

_SIMILAR_WITHIN = timedelta(days=14)

_EXPLANATIONS = {
    Obstacle.NOT_A_PROOF: "its number stands in the subject, but anybody can write that",
    Obstacle.NOT_A_PARTICIPANT: "the sender takes no part in it",
    Obstacle.NOT_AUTHENTICATED: "the sender may be forged",
    Obstacle.TOO_LATE: "it was resolved too long ago to be opened again",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a mail belongs."""

    joins: Ticket | None = None
    match: Match | None = None
    """What named the ticket that it joins."""
    related: Ticket | None = None
    relation: Relation | None = None
    reason: str = ""
    """Why it does not join the related ticket."""


async def find(services: Services, uow: UnitOfWork, arrival: Arrival) -> Place:
    """Follow the signals in their order, then ask whether the mail may join."""
    email, tenant = arrival.email, arrival.stored.tenant
    if bounced := await _bounced(uow, arrival):
        return bounced
    known = await uow.message_ids.known(threading.named_ids(email), tenant=tenant)
    match = threading.match(email, known, services.reply_tokens)
    ticket = await _target(uow, match.ticket_id, tenant) if match else None
    if match is None or ticket is None:
        return await _similar(services, uow, arrival)
    obstacle = threading.obstacle(
        match,
        email,
        ticket,
        await uow.messages.of_ticket(ticket.id),
        is_authentication_failed=arrival.authentication.is_failed,
        now=services.clock(),
        grace=services.config.desk.reopen_within,
    )
    if obstacle is None:
        return Place(joins=ticket, match=match)
    relation = Relation.FOLLOWS if obstacle is Obstacle.TOO_LATE else Relation.SUGGESTED
    reason = f"{match.signal} names {services.reference(ticket.id)}, but {_EXPLANATIONS[obstacle]}"
    return Place(related=ticket, relation=relation, reason=reason)


async def _bounced(uow: UnitOfWork, arrival: Arrival) -> Place | None:
    """A bounce belongs to the ticket whose mail came back, if that mail was really ours."""
    if arrival.automatic.kind is not AutomaticKind.BOUNCE or arrival.authentication.is_failed:
        return None
    original = bounces.read(arrival.email).original_message_id
    if original is None:
        return None
    owner = (await uow.message_ids.known([original], tenant=arrival.stored.tenant)).get(original)
    if owner is None or not owner.is_own:
        return None
    return Place(
        joins=await uow.relations.whole(owner.ticket_id),
        match=Match(owner.ticket_id, Signal.BOUNCE, original),
    )


async def _target(uow: UnitOfWork, ticket_id: int, tenant: str) -> Ticket | None:
    """The ticket itself, or the one that it was merged into."""
    try:
        ticket = await uow.relations.whole(ticket_id)
    except NotFoundError:
        return None  # a number that somebody made up
    return ticket if ticket.tenant == tenant else None


async def _similar(services: Services, uow: UnitOfWork, arrival: Arrival) -> Place:
    """The same person about the same subject: worth a suggestion, never more."""
    email = arrival.email
    subject = subjects.bare(email.subject).casefold()
    if arrival.automatic.is_automatic or email.answer_to is None or not subject:
        return Place()
    since = services.clock() - _SIMILAR_WITHIN
    recent = await uow.tickets.recent_of(email.answer_to.email, tenant=arrival.stored.tenant, since=since)
    for ticket in recent:
        if subjects.bare(ticket.subject).casefold() == subject and ticket.relation is not Relation.MERGED:
            reason = f"{services.reference(ticket.id)} is of the same sender about the same subject"
            return Place(related=ticket, relation=Relation.SUGGESTED, reason=reason)
    return Place()
