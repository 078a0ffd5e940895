"""Postmortem: a draft comes into the thread of the card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import IncidentRef
from bot.incidents import postmortem
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = IncidentRef.decode(action["value"])
    async with whisper.refusals(context):
        await postmortem.give(context["services"], ref.incident_id)
