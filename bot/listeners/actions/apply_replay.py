"""Apply: the open tickets go where the replayed rules send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import ReplayRef
from bot.desk import replay_moves
from bot.listeners import whisper

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = ReplayRef.decode(action["value"])
    async with whisper.refusals(context):
        await replay_moves.apply(context["services"], ref.replay_id, agent_id=context["agent_id"])
