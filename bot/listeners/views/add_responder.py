"""The modal that asks somebody to join was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import person_modal
from blocks.ids import Input
from bot.escalation import responders
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    async with errors.shown_at(ack, Input.PERSON):
        choice = person_modal.parse(view)
        await responders.add(context["services"], choice, agent_id=context["agent_id"])
        await ack()
