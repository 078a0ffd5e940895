"""Accept: whoever is asked to take a shift accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import SwapRef
from bot.listeners import whisper
from bot.on_call import swap
from storage.swaps import SwapState

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def pressed(ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    ref = SwapRef.decode(action["value"])
    async with whisper.refusals(context):
        await swap.answer(context["services"], ref.swap_id, SwapState.ACCEPTED, agent_id=context["agent_id"])
