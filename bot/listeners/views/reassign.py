"""The reassign modal was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import reassign_modal
from blocks.ids import Input
from bot.desk import reassign
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    async with errors.shown_at(ack, Input.QUEUE):
        wish = reassign_modal.parse(view)
        await reassign.reassign(context["services"], wish, agent_id=context["agent_id"])
        await ack()
