"""Acknowledge: somebody takes the page, and every copy of it says who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot import effects
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services


async def acknowledge(services: Services, escalation_id: int, *, agent_id: str) -> None:
    """Take the page.

    Raises:
        NotAllowedError: somebody had it already.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        won = await uow.escalations.acknowledge(escalation_id, agent_id=agent_id, now=now)
        escalation = await uow.escalations.get(escalation_id)
        if not won:
            winner = text.user(escalation.acknowledged_by or "")
            raise NotAllowedError(f"{winner} acknowledged this before you.")
        ticket = await uow.relations.whole(escalation.ticket_id)
        await uow.audit.add(
            "acknowledged", trace_id=ticket.trace_id, ticket_id=ticket.id, actor=agent_id, now=now
        )
        await uow.tickets.touch(ticket.id)
        for channel, ts in await uow.escalations.pages_of(escalation_id):
            await effects.update_page(
                uow, escalation, channel=channel, ts=ts, trace_id=ticket.trace_id, now=now
            )
        await effects.update_card(uow, ticket, now=now)
        await uow.commit()
