"""Release: a parked mail gets its ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import ParkedRef
from bot.desk import parked
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = ParkedRef.decode(action["value"])
    async with whisper.refusals(context):
        await parked.release(context["services"], ref.trace_id, agent_id=context["agent_id"])
        await whisper.say(context, "Released: its card is on the way.")
