"""Send was pressed: the update leaves, and perhaps the incident is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import incident_modals, message_modal
from blocks.message import view_payload
from bot.errors import NotAllowedError
from bot.incidents import resolve, update
from bot.listeners.whisper import DATABASE_DOWN
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.services import Services


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    services: Services = context["services"]
    ref = incident_modals.parse_preview(view)
    agent_id = context["agent_id"]
    try:
        if ref.resolves:
            await resolve.resolve(services, ref.incident_id, agent_id=agent_id, update_id=ref.update_id)
        else:
            await update.send(services, ref.incident_id, ref.update_id, agent_id=agent_id)
    except NotAllowedError as error:
        problem = str(error)
    except StorageUnavailableError:
        problem = f"{DATABASE_DOWN} What you wrote is kept as a draft."
    else:
        await ack(response_action="clear")
        return
    # The preview has no input that an error could stand under.
    await ack(response_action="update", view=view_payload(message_modal.build("Not sent", problem)))
