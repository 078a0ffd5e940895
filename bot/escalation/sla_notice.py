"""The effect that tells a card's thread of a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import sla_notice
from bot import effects
from bot.desk.posting import post_once
from bot.errors import NotReadyError
from bot.escalation import sla_timers

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry


class PostSla:
    """`slack.post_sla`: one message that mentions the assignee, unless it is no longer true."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            ticket, clock = await sla_timers.find(uow, entry)
        if clock is None or clock.ended_at or ticket.merged_into is not None:
            return effects.nothing
        if clock.breached_at and not entry.payload["is_breach"]:
            return effects.nothing  # the warning was held up, and the breach is told by an entry of its own
        if ticket.card_channel is None or ticket.card_ts is None:
            raise NotReadyError("the card is not posted yet")
        message = sla_notice.build(clock, reference=self._services.reference(ticket.id), ticket=ticket)
        await post_once(
            self._services.workspace, entry, ticket.card_channel, message, thread_ts=ticket.card_ts
        )
        return effects.nothing
