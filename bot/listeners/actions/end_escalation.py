"""Resolve, on a page: the escalation is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import EscalationRef
from bot.escalation import finish
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = EscalationRef.decode(action["value"])
    async with whisper.refusals(context):
        await finish.finish(context["services"], ref.escalation_id, agent_id=context["agent_id"])
