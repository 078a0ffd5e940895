"""Undo: an override of an on-call schedule is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import OverrideRef
from bot.listeners import whisper
from bot.on_call import override

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = OverrideRef.decode(action["value"])
    async with whisper.refusals(context):
        await override.undo(context["services"], ref.override_id, agent_id=context["agent_id"])
        await whisper.say(context, "Taken back.")
