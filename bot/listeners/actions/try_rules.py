"""Try other rules: opens the modal with the lead's draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import rules_modal
from blocks.ids import DraftRef
from bot.desk import rule_draft
from bot.listeners import modal

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.models.views import View


async def pressed(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
    await ack()
    channel = context.channel_id or context["agent_id"]

    async def build() -> View:
        beginning = await rule_draft.begin(context["services"], agent_id=context["agent_id"])
        return rules_modal.build(
            DraftRef(channel=channel, is_whole=beginning.is_whole),
            content=beginning.content,
            rules=beginning.rules,
            has_earlier=beginning.has_earlier,
        )

    await modal.show(context, body, title="Try other rules", build=build)
