"""Create channel: the incident gets one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import IncidentRef
from bot.incidents import room
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = IncidentRef.decode(action["value"])
    async with whisper.refusals(context):
        await room.ask(context["services"], ref.incident_id, agent_id=context["agent_id"])
