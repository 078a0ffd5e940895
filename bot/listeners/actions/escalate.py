"""Escalate: opens the modal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import escalate_modal
from blocks.ids import TicketRef
from bot.listeners import modal
from bot.on_call import who

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
        async with services.storage.reading() as uow:
            ticket = await uow.tickets.get(ref.ticket_id)
            target = services.config.queue(ticket.queue).on_call
            people = await who.on_call(services, uow, target, at=services.clock())
        policy = services.config.policy(ticket.queue, ticket.priority)
        return escalate_modal.build(ref, reference=reference, policy=policy, people=people)

    await modal.show(context, body, title=f"Escalate {reference}", build=build)
