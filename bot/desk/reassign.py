"""Reassign: to another queue, to a person, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import moving
from routing.labels import LabelKind

if TYPE_CHECKING:
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
