"""Split: a message leaves its ticket for one of its own; what came by a merge goes back to what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import arrival as arrivals
from bot.desk import clocks, merge, opening
from bot.errors import NotAllowedError
from routing.ticket import Message, MessageKind, Ticket
from storage.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.services import Services
    from storage.unit_of_work import UnitOfWork

_ELSEWHERE = "This message stands in another ticket already."


async def candidates(services: Services, ticket_id: int) -> list[Message]:
    """What may leave, oldest first: the customer's later messages, and the first of each merged ticket.

    Raises:
        NotAllowedError: there is none, or the ticket is itself part of another one.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        messages = await uow.messages.of_ticket(ticket_id)
    merge.refuse_part(services, ticket)
    found = list(_may_leave(ticket, messages))
    if not found:
        raise NotAllowedError("This ticket has one message only: there is nothing to split off.")
    return found


async def split(services: Services, ticket_id: int, *, message_row_id: int, agent_id: str) -> int:
    """Give the message a ticket; a merged ticket comes back with all its mail. Answers the ticket's id.

    Raises:
        NotAllowedError: the message is not in this ticket any more.
    """
    async with services.storage.unit_of_work() as uow:
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        message = await _message(uow, message_row_id)
        if message.ticket_id == ticket_id:
            leaving = await _open(services, uow, ticket, message)
        else:
            leaving = await _unmerge(services, uow, ticket, message)
        await _record(services, uow, ticket, leaving, agent_id, mail=message.trace_id or "")
        for one in sorted((ticket.id, leaving.id)):
            await clocks.follow(services, uow, one)
        await uow.commit()
    return leaving.id


def _may_leave(ticket: Ticket, messages: Sequence[Message]) -> Iterator[Message]:
    merged: set[int] = set()
    for message in messages:
        if message.kind is not MessageKind.INBOUND or message.trace_id in {None, ticket.trace_id}:
            continue
        if message.ticket_id in merged:
            continue
        if message.ticket_id != ticket.id:
            merged.add(message.ticket_id)
        yield message


async def _message(uow: UnitOfWork, message_row_id: int) -> Message:
    try:
        return await uow.messages.get(message_row_id)
    except NotFoundError:
        raise NotAllowedError(_ELSEWHERE) from None


async def _open(services: Services, uow: UnitOfWork, ticket: Ticket, message: Message) -> Ticket:
    is_free = any(_may_leave(ticket, [message])) and await uow.messages.remove(message.id)
    if not is_free or message.trace_id is None:
        raise NotAllowedError(_ELSEWHERE)
    arrival = await arrivals.inspect(uow, await uow.emails.get(message.trace_id), services.config)
    arrival = arrivals.introduced_by(arrival, await uow.emails.get(ticket.trace_id))
    opened = await opening.open_ticket(services, uow, arrival, acknowledges=False)
    if message.message_id:
        await uow.message_ids.claim(message.message_id, tenant=ticket.tenant, ticket_id=opened.id)
    return opened


async def _unmerge(services: Services, uow: UnitOfWork, ticket: Ticket, message: Message) -> Ticket:
    if not await uow.relations.unmerge(message.ticket_id, from_id=ticket.id):
        raise NotAllowedError(_ELSEWHERE)
    returned = await uow.tickets.get(message.ticket_id)
    await effects.update_card(uow, returned, now=services.clock())
    return returned


async def _record(
    services: Services, uow: UnitOfWork, ticket: Ticket, leaving: Ticket, agent_id: str, *, mail: str
) -> None:
    now = services.clock()
    steps = (("split_off", ticket, leaving), ("split_from", leaving, ticket))
    for action, one, other in steps:
        await uow.audit.add(
            action,
            trace_id=one.trace_id,
            ticket_id=one.id,
            actor=agent_id,
            now=now,
            ticket=services.reference(other.id),
            mail=mail,
        )
    await uow.tickets.touch(ticket.id)
    await effects.update_card(uow, ticket, now=now)
