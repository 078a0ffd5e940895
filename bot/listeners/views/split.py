"""The split modal was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import split_modal
from blocks.ids import Input
from bot.desk import split
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    async with errors.shown_at(ack, Input.MESSAGE):
        wish = split_modal.parse(view)
        await split.split(
            context["services"],
            wish.ref.ticket_id,
            message_row_id=wish.message_row_id,
            agent_id=context["agent_id"],
        )
        await ack()
