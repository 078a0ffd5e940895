"""A guess of the model is right: the ticket goes from triage to that queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import GuessRef
from bot.desk import reassign
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = GuessRef.decode(action["value"])
    async with whisper.refusals(context):
        await reassign.accept_guess(context["services"], ref, agent_id=context["agent_id"])
