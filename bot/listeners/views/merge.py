"""The merge modal was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import merge_modal
from blocks.ids import Input
from bot.desk import merge, references
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    async with errors.shown_at(ack, Input.TICKET):
        wish = merge_modal.parse(view)
        into_id = references.read(context["services"], wish.into)
        await merge.merge(
            context["services"], wish.ref.ticket_id, into_id=into_id, agent_id=context["agent_id"]
        )
        await ack()
