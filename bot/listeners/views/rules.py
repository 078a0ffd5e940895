"""The draft of other rules was submitted: a replay of the last days begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import rules_modal
from blocks.ids import Input
from bot.desk import rule_draft
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    async with errors.shown_at(ack, Input.RULES):
        draft = rules_modal.parse(view)
        await rule_draft.submit(context["services"], draft, agent_id=context["agent_id"])
        await ack()
