"""Misrouted: the ticket never belonged where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import merge, moving
from bot.errors import NotAllowedError
from routing.labels import LabelKind
from routing.ticket import TicketState

if TYPE_CHECKING:
    from blocks.misrouted_modal import Misrouting
    from bot.services import Services
    from routing.ticket import Ticket


async def movable(services: Services, ticket_id: int) -> Ticket:
    """The ticket, if it can be said to be misrouted.

    Raises:
        NotAllowedError: it is resolved, or part of another one.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
    merge.refuse_part(services, ticket)
    if ticket.state is TicketState.RESOLVED:
        raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
    return ticket


async def misrouted(services: Services, wish: Misrouting, *, agent_id: str) -> str:
    """Move the ticket where it belongs, to whoever claims it there; gives the queue's name.

    Where nobody knows, it goes to the triage queue.

    Raises:
        NotAllowedError: it is resolved, or it is there already.
    """
    config = services.config
    queue = wish.queue or config.desk.triage_queue
    ticket = await movable(services, wish.ref.ticket_id)
    if ticket.queue == queue:
        raise NotAllowedError(f"It is in {config.queue(queue).name} already: choose another queue.")
    move = moving.Move(kind=LabelKind.MISROUTED, queue=queue, note=wish.note, is_known=wish.queue is not None)
    await moving.move(services, ticket.id, move, agent_id=agent_id)
    return config.queue(queue).name
