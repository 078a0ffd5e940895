"""Opens a modal in time: a trigger lives three seconds, so the window comes first and its content after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import loading_modal, message_modal
from blocks.message import view_payload
from bot.errors import NotAllowedError
from bot.listeners.whisper import DATABASE_DOWN
from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.models.views import View


async def show(
    context: AsyncBoltContext, body: dict[str, Any], *, title: str, build: Callable[[], Awaitable[View]]
) -> None:
    """Open a loading modal, then put in its place what `build` gives, or why there is nothing to give."""
    client = context.client
    if client is None:
        raise RuntimeError("the listener runs without a client")
    opened = await client.views_open(
        trigger_id=body["trigger_id"], view=view_payload(loading_modal.build(title))
    )
    try:
        view = await build()
    except (NotAllowedError, NotFoundError) as error:
        view = message_modal.build(title, str(error))
    except StorageUnavailableError:
        view = message_modal.build(title, DATABASE_DOWN)
    await client.views_update(view_id=opened["view"]["id"], view=view_payload(view))
