"""The answer is written: keep it as a draft and show how the customer will read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import reply_modal
from blocks.ids import Input
from blocks.message import view_payload
from bot.desk import reply
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    async with errors.shown_at(ack, Input.BODY):
        draft = reply_modal.parse_write(view)
        preview = await reply.keep_draft(context["services"], draft, agent_id=context["agent_id"])
        pushed = reply_modal.preview(draft.ref, to=preview.to, subject=preview.subject, body=preview.body)
        await ack(response_action="push", view=view_payload(pushed))
