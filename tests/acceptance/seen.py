"""What tests look for from outside: the words on a message, the Trace link of a card, and waiting for either."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from storage.outbox_statements import LEASED, READY
from storage.schema import outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.desk import Desk

    Found = TypeVar("Found")

_PATIENCE_SECONDS = 30


async def eventually(look: Callable[[], Found | None]) -> Found:
    """Wait until `look` finds something."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not (found := look()):
            await asyncio.sleep(0.01)
    return found


async def drained(desk: Desk) -> None:
    """Wait until the outbox holds timers only: `Desk.settle` does not wait for what is to be tried again later."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await unfinished(desk):
            await asyncio.sleep(0.01)


async def unfinished(desk: Desk) -> list[str]:
    """The kinds of the outbox entries that are to be done, without the timers whose time has not come."""
    is_timer = (outbox.c.due_at > desk.clock()) & (outbox.c.attempts == 0)
    is_unfinished = outbox.c.state.in_([READY, LEASED]) & ~is_timer
    async with desk.storage.database.connection(read_only=True) as connection:
        return list(await connection.scalars(select(outbox.c.kind).where(is_unfinished)))


def words(message: dict[str, Any]) -> str:
    """Everything that a message or a window shows."""
    return json.dumps(message.get("blocks", []), ensure_ascii=False)


def cards(desk: Desk, reference: str) -> list[dict[str, Any]]:
    """Every card of a ticket; there should be one."""
    messages = desk.sandbox.slack.workspace.store.all("message")
    return [message for message in messages if message["text"].startswith(f"{reference} · ")]


def trace_path(desk: Desk, message: dict[str, Any]) -> str:
    """Where the Trace button of a message leads, without the host."""
    elements = [element for block in message["blocks"] for element in block.get("elements", [])]
    (button,) = [element for element in elements if element.get("action_id") == "trace"]
    return str(button["url"]).removeprefix(desk.settings.deskbell_public_url)


async def trace_page(desk: Desk, message: dict[str, Any]) -> str:
    """The page that the Trace button of a message opens."""
    answer = await desk.http.get(trace_path(desk, message))
    assert answer.status_code == 200
    return answer.text


def thread(desk: Desk, card: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands in the thread of a card, oldest first."""
    return desk.sandbox.slack.workspace.thread(card["channel"], card["ts"])
