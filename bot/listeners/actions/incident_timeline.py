"""Timeline: what was done, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import incident_modals, text
from blocks.ids import IncidentRef
from bot.incidents import history, naming
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
        _, steps = await history.rows(services, ref.incident_id)
        rows = [
            f"{text.slack_date(step.at)} {text.user(step.actor)}: "
            f"{text.inline(history.phrase(services, step), limit=200)}"
            for step in steps
        ]
        return incident_modals.timeline(reference=reference, rows=rows)

    await modal.show(context, body, title=f"Timeline {reference}", build=build)
