"""Send was pressed: the answer leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import message_modal, reply_modal
from blocks.message import view_payload
from bot.desk import reply
from bot.errors import NotAllowedError
from bot.listeners.whisper import DATABASE_DOWN
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.async_context import AsyncBoltContext


async def submitted(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext) -> None:
    ref = reply_modal.parse_preview(view)
    try:
        await reply.send(context["services"], ref.ticket_id, to=ref.to, agent_id=context["agent_id"])
    except NotAllowedError as error:
        problem = str(error)
    except StorageUnavailableError:
        problem = f"{DATABASE_DOWN} Your answer is kept as a draft."
    else:
        await ack(response_action="clear")
        return
    # The preview has no input that an error could stand under.
    await ack(response_action="update", view=view_payload(message_modal.build("Not sent", problem)))
