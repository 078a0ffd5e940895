"""The misrouted modal was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import misrouted_modal
from blocks.ids import Input
from blocks.message import view_payload
from bot.desk import misrouted
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.services import Services


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    services: Services = context["services"]
    async with errors.shown_at(ack, Input.QUEUE):
        wish = misrouted_modal.parse(view)
        queue_name = await misrouted.misrouted(services, wish, agent_id=context["agent_id"])
        done = misrouted_modal.confirmation(services.reference(wish.ref.ticket_id), queue_name)
        await ack(response_action="update", view=view_payload(done))
