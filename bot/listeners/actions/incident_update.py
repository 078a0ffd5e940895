"""Write update: opens the modal, with what this person had written before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import incident_modals
from blocks.ids import IncidentRef
from bot.incidents import naming, update
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
    ref = IncidentRef.decode(action["value"])
    reference = naming.reference(ref.incident_id)

    async def build() -> View:
        draft = await update.open_draft(services, ref.incident_id, agent_id=context["agent_id"])
        return incident_modals.write(ref, reference=reference, recipients=draft.recipients, draft=draft.body)

    await modal.show(context, body, title=f"Update {reference}", build=build)
