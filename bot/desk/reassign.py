"""Reassign: to another queue, to a person, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import moving
from bot.errors import NotAllowedError
from routing.labels import LabelKind

if TYPE_CHECKING:
    from blocks.ids import GuessRef
    from blocks.reassign_modal import Reassignment
    from bot.services import Services


async def reassign(services: Services, wish: Reassignment, *, agent_id: str) -> None:
    """Move the ticket.

    Raises:
        NotAllowedError: it is resolved, or nothing would change.
    """
    move = moving.Move(
        kind=LabelKind.REASSIGNED, queue=wish.queue, assignee_id=wish.assignee_id, note=wish.note
    )
    await moving.move(services, wish.ref.ticket_id, move, agent_id=agent_id)


async def accept_guess(services: Services, wish: GuessRef, *, agent_id: str) -> None:
    """Move a ticket from triage to a queue that the model has guessed; it is a label like any other.

    Raises:
        NotAllowedError: somebody was faster, and it waits in triage no longer.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(wish.ticket_id)
    if ticket.queue != services.config.desk.triage_queue or ticket.assignee_id is not None:
        where = services.config.queue(ticket.queue).name
        raise NotAllowedError(
            f"{services.reference(ticket.id)} waits in triage no longer; it is in {where}. Press Reassign to move it."
        )
    move = moving.Move(kind=LabelKind.REASSIGNED, queue=wish.queue)
    await moving.move(services, ticket.id, move, agent_id=agent_id)
