"""Reply: opens the modal, with what the agent had written before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import reply_modal
from blocks.ids import TicketRef
from bot.desk import reply
from bot.listeners import modal

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.models.views import View

    from bot.services import Services


async def pressed(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext
) -> None:
    await ack()
    services: Services = context["services"]
    ref = TicketRef.decode(action["value"])
    reference = services.reference(ref.ticket_id)

    async def build() -> View:
        ticket, draft = await reply.open_draft(services, ref.ticket_id, agent_id=context["agent_id"])
        return reply_modal.write(ref, reference=reference, to=ticket.requester, draft=draft)

    await modal.show(context, body, title=f"Reply to {reference}", build=build)
