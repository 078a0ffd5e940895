"""Merge: a ticket becomes part of another one, and its mail goes there from now on. `split` undoes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import clocks
from bot.errors import NotAllowedError
from bot.escalation import stops, triggers
from routing import sla_trail
from routing.ticket import DESKBELL, MessageKind, Relation, Ticket, TicketState
from storage.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.services import Services
    from routing.ticket import Message
    from storage.unit_of_work import UnitOfWork


def refuse_part(services: Services, ticket: Ticket) -> None:
    """A merged ticket is worked on where it belongs.

    Raises:
        NotAllowedError: it is part of another one, which the message names.
    """
    if ticket.merged_into is not None:
        reference, whole = services.reference(ticket.id), services.reference(ticket.merged_into)
        raise NotAllowedError(f"{reference} is part of {whole} now: go on there.")


async def join(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Merge the ticket into the one that its card suggests.

    Raises:
        NotAllowedError: as `merge`, or nothing is suggested any more.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
    refuse_part(services, ticket)
    if ticket.relation is not Relation.SUGGESTED or ticket.related_id is None:
        raise NotAllowedError(f"{services.reference(ticket_id)} is suggested to join no other ticket.")
    await merge(services, ticket_id, into_id=ticket.related_id, agent_id=agent_id)


async def merge(services: Services, ticket_id: int, *, into_id: int, agent_id: str) -> None:
    """Close the ticket as a part of the other one, which opens again if the closed one was open.

    Raises:
        NotAllowedError: the other one does not exist or is the same, or the ticket was merged already.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        source, target = await _both(services, uow, ticket_id, into_id)
        arrived = await uow.messages.of_ticket(source.id)
        had = await uow.escalations.open_of(target.id)
        await uow.relations.merge(source.id, into_id=target.id, agent_id=agent_id, now=now)
        await uow.relations.drop(target.id, related_id=source.id)
        await uow.messages.move_drafts(from_ticket_id=source.id, to_ticket_id=target.id)
        is_waiting = (
            source.state is TicketState.OPEN and (await clocks.read(uow, source.id)).is_customer_waiting
        )
        await _audit(services, uow, source, target, agent_id, is_waiting=is_waiting)
        await _hand_over(services, uow, source, target)
        await triggers.raised(services, uow, await uow.tickets.get(target.id))
        await stops.merged(services, uow, source, target, had=had, by=agent_id)
        for one in sorted((source.id, target.id)):
            await clocks.follow(services, uow, one)
        await _tell_thread(services, uow, target, arrived)
        for ticket in (target, *await uow.relations.parts(target.id)):
            await effects.update_card(uow, ticket, now=now)
        await uow.commit()


async def _both(services: Services, uow: UnitOfWork, ticket_id: int, into_id: int) -> tuple[Ticket, Ticket]:
    """The ticket and its target, locked; a target that was merged itself stands for what it is part of."""
    try:
        target_id = (await uow.relations.whole(into_id)).id
    except NotFoundError:
        raise NotAllowedError(f"There is no ticket {services.reference(into_id)}.") from None
    if target_id == ticket_id:
        raise NotAllowedError("A ticket cannot be merged into itself.")
    await uow.relations.lock(ticket_id, target_id)
    source, target = await uow.tickets.get(ticket_id), await uow.tickets.get(target_id)
    if source.tenant != target.tenant:
        raise NotAllowedError(f"There is no ticket {services.reference(into_id)}.")
    for ticket in (source, target):
        refuse_part(services, ticket)
    return source, target


async def _audit(
    services: Services, uow: UnitOfWork, source: Ticket, target: Ticket, agent_id: str, *, is_waiting: bool
) -> None:
    nothing: dict[str, str] = {}
    waits = {"waits": sla_trail.YES} if is_waiting else nothing
    steps = (("merged", source, "into", target, nothing), ("took_in", target, "ticket", source, waits))
    for action, ticket, name, other, more in steps:
        await uow.audit.add(
            action,
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=agent_id,
            now=services.clock(),
            **{name: services.reference(other.id)} | more,
        )


async def _hand_over(services: Services, uow: UnitOfWork, source: Ticket, target: Ticket) -> None:
    """What still waited in the one ticket waits in the other, as urgently."""
    if source.state is TicketState.OPEN:
        await uow.tickets.raise_priority(target.id, source.priority)
        if await uow.tickets.reopen(target.id):
            await uow.audit.add(
                "reopened",
                trace_id=target.trace_id,
                ticket_id=target.id,
                actor=DESKBELL,
                now=services.clock(),
                because=f"{services.reference(source.id)} was merged into it",
            )
    await uow.tickets.touch(target.id)


async def _tell_thread(
    services: Services, uow: UnitOfWork, target: Ticket, arrived: Sequence[Message]
) -> None:
    for message in arrived:
        if message.kind is MessageKind.INBOUND and message.trace_id:
            await effects.post_in_thread(
                uow,
                effects.Kind.POST_FOLLOW_UP,
                target,
                channel=services.card_channel(target),
                message_row_id=message.id,
                trace_id=message.trace_id,
                now=services.clock(),
            )
