"""Make requester: answers to a forwarded mail go to who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import card_view, merge
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services


async def make(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Who forwarded the mail stays a participant. The tier stays: nobody has proved who the writer is.

    Raises:
        NotAllowedError: the mail names nobody else who could be answered, or the ticket is closed.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        opening = await uow.emails.get(ticket.trace_id)
        visible = await card_view.visible(opening.email) if opening.email else None
        writer = card_view.writer(services, ticket, visible) if visible else None
        if writer is None:
            raise NotAllowedError("This mail names no other person who could be answered.")
        if not await uow.tickets.set_requester(ticket_id, writer):
            raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
        await uow.audit.add(
            "requester_changed",
            trace_id=ticket.trace_id,
            ticket_id=ticket_id,
            actor=agent_id,
            now=now,
            before=str(ticket.requester),
            after=str(writer),
        )
        await effects.update_card(uow, ticket, now=now)
        await uow.commit()
