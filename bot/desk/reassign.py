"""Reassign: to another queue, to a person, or both. The card moves to the queue's channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import merge
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from blocks.reassign_modal import Reassignment
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def reassign(services: Services, wish: Reassignment, *, agent_id: str) -> None:
    """Move the ticket.

    Raises:
        NotAllowedError: it is resolved, or nothing would change.
    """
    ticket_id = wish.ref.ticket_id
    if wish.queue not in services.config.queues:
        raise NotAllowedError("This queue is no longer configured: choose another one.")
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        before = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, before)
        if (before.queue, before.assignee_id) == (wish.queue, wish.assignee_id):
            raise NotAllowedError("This is where the ticket is already: choose another queue or person.")
        moves_card = before.queue != wish.queue and before.card_ts is not None
        if not await uow.tickets.reassign(
            ticket_id, queue=wish.queue, assignee_id=wish.assignee_id, now=now, moves_card=moves_card
        ):
            raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
        detail = {"from": before.queue, "to": wish.queue, "assignee": wish.assignee_id or "nobody"}
        if wish.note:
            detail["note"] = wish.note
        await uow.audit.add(
            "reassigned",
            trace_id=before.trace_id,
            ticket_id=ticket_id,
            actor=agent_id,
            now=now,
            **detail,
        )
        await _show(services, uow, before, wish, agent_id)
        await uow.commit()


async def _show(
    services: Services, uow: UnitOfWork, before: Ticket, wish: Reassignment, agent_id: str
) -> None:
    now = services.clock()
    if before.queue == wish.queue or before.card_channel is None or before.card_ts is None:
        await effects.update_card(uow, before, now=now)
        return
    await effects.post_card(
        uow,
        await uow.tickets.get(before.id),
        channel=services.config.queues[wish.queue].channel,
        now=now,
        note=f"Note of the move: {wish.note}" if wish.note else "",
        moved_from=(before.card_channel, before.card_ts),
        moved_by=agent_id,
    )
