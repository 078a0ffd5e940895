"""Hints over PostgreSQL's own LISTEN and NOTIFY: everybody hears them, nobody keeps them.

So nothing is acknowledged or given back: whoever was not there finds the entry by looking.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.errors import TransientError
from bot.integrations import hint_messages
from bot.integrations.interfaces import Delivery
from bot.telemetry import log
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from storage.hints import Hint
    from storage.notifications import Notifications


class NotifyTransport:
    """The Transport of a desk on PostgreSQL that has no broker."""

    name = "PostgreSQL"

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    async def publish(self, hints: Sequence[Hint]) -> None:
        try:
            await self._notifications.notify([hint_messages.written(hint).decode() for hint in hints])
        except StorageUnavailableError as error:
            raise TransientError(str(error)) from error

    async def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        try:
            async with aclosing(self._notifications.listen()) as batches:
                async for payloads in batches:
                    yield [Delivery(hint) for hint in map(_read, payloads) if hint is not None]
        except StorageUnavailableError as error:
            raise TransientError(str(error)) from error

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Nobody keeps them."""

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Everybody has them."""

    async def check(self) -> str:
        await self.publish([])
        return "answers"

    async def close(self) -> None:
        """Its connections end with what is listened to."""


def _read(payload: str) -> Hint | None:
    try:
        return hint_messages.read(payload)
    except ValueError:
        log.warning("no_hint", transport=NotifyTransport.name)
        return None
