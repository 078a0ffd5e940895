"""Keeps a modal open and says in it why nothing happened."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from blocks.submission import SubmissionError
from bot.errors import NotAllowedError
from bot.listeners.whisper import DATABASE_DOWN
from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.context.ack.async_ack import AsyncAck

    from blocks.ids import Input


@asynccontextmanager
async def shown_at(ack: AsyncAck, block: Input) -> AsyncIterator[None]:
    """Answer a refusal as an error under one input: the window stays open with all that was typed."""
    try:
        yield
    except (NotAllowedError, NotFoundError, SubmissionError) as error:
        await ack(response_action="errors", errors={block: str(error)})
    except StorageUnavailableError:
        await ack(response_action="errors", errors={block: DATABASE_DOWN})
