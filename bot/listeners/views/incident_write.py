"""The update is written: keep it as a draft and show how the customers will read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import incident_modals
from blocks.ids import Input, UpdateRef
from blocks.message import view_payload
from bot.incidents import update
from bot.listeners.views import errors

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.services import Services


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    services: Services = context["services"]
    async with errors.shown_at(ack, Input.BODY):
        written = incident_modals.parse_write(view)
        incident_id = written.ref.incident_id
        seen = await update.keep_draft(services, incident_id, written.body, agent_id=context["agent_id"])
        pushed = incident_modals.preview(
            UpdateRef(incident_id=incident_id, update_id=seen.update_id),
            recipients=seen.recipients,
            tickets=seen.tickets,
            subject=seen.subject,
            body=seen.body,
        )
        await ack(response_action="push", view=view_payload(pushed))
