"""Discard: a dead letter is given up for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import DeadLetterRef
from bot.desk import dead_letters
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = DeadLetterRef.decode(action["value"])
    async with whisper.refusals(context):
        await dead_letters.discard(context["services"], ref.entry_id, agent_id=context["agent_id"])
        await whisper.say(context, f"#{ref.entry_id} is discarded.")
