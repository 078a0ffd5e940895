"""A reload in one process is one in all: they share a database, and each has the same support.yaml."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.desk import reload
from bot.telemetry import log
from routing.ticket import DESKBELL
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from bot.services import Services
    from storage.notifications import Notifications

_PAUSE_SECONDS = 5


class SharedReloads:
    """Tells the other processes of a reload, and follows theirs."""

    def __init__(self, services: Services, notifications: Notifications) -> None:
        self._services = services
        self._notifications = notifications
        self._own = secrets.token_hex(8)

    async def tell(self) -> None:
        """Let the others read their files, too."""
        try:
            await self._notifications.notify([self._own])
        except StorageUnavailableError as error:
            log.error("reload_not_shared", error=str(error))

    async def follow(self) -> None:
        """Reload when another process did, until cancelled."""
        while True:
            try:
                async with aclosing(self._notifications.listen()) as heard:
                    async for names in heard:
                        if any(name != self._own for name in names):
                            await reload.reload(self._services, actor=DESKBELL, is_shared=False)
            except StorageUnavailableError as error:
                log.warning("reloads_not_followed", error=str(error))
                await asyncio.sleep(_PAUSE_SECONDS)
