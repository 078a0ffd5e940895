"""The window that opens an incident was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import incident_modals
from blocks.ids import Input
from bot.incidents import membership
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.services import Services


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    services: Services = context["services"]
    async with errors.shown_at(ack, Input.TITLE):
        wish = incident_modals.parse_open(view)
        await membership.open_with(
            services, wish.ref.ticket_id, title=wish.title, agent_id=context["agent_id"]
        )
        await ack()
