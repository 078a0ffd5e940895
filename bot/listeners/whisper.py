"""Says something to the person who pressed, and to nobody else."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.errors import NotAllowedError
from bot.telemetry import log
from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.context.async_context import AsyncBoltContext

DATABASE_DOWN = (
    "Deskbell cannot reach its database right now. Nothing was changed; please try again in a minute."
)


async def say(context: AsyncBoltContext, text: str) -> None:
    """An ephemeral message beside the card; in a DM with the app it reads as a message."""
    channel = context.channel_id or context.user_id
    if context.client is None or channel is None or context.user_id is None:
        return
    await context.client.chat_postEphemeral(channel=channel, user=context.user_id, text=text)


@asynccontextmanager
async def refusals(context: AsyncBoltContext) -> AsyncIterator[None]:
    """Tell the person why nothing happened."""
    try:
        yield
    except (NotAllowedError, NotFoundError) as error:
        await say(context, str(error))
    except StorageUnavailableError as error:
        log.warning("interaction_failed", error=str(error))
        await say(context, DATABASE_DOWN)
