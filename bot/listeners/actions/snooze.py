"""Snooze: nobody is called for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import SnoozeRef
from bot.escalation import snooze
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def chosen(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = SnoozeRef.decode(action["selected_option"]["value"])
    async with whisper.refusals(context):
        await snooze.snooze(context["services"], ref, agent_id=context["agent_id"])
