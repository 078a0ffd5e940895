"""Hand over: opens the modal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import person_modal
from blocks.ids import EscalationRef
from bot.escalation import refusals
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
    ref = EscalationRef.decode(action["value"])
    reference = services.reference(ref.ticket_id)

    async def build() -> View:
        async with services.storage.reading() as uow:
            refusals.if_over(await uow.escalations.get(ref.escalation_id))
        return person_modal.hand_over(ref, reference=reference)

    await modal.show(context, body, title=f"Hand over {reference}", build=build)
