"""Make requester: answers go to who wrote the forwarded mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import TicketRef
from bot.desk import requester
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = TicketRef.decode(action["value"])
    async with whisper.refusals(context):
        await requester.make(context["services"], ref.ticket_id, agent_id=context["agent_id"])
