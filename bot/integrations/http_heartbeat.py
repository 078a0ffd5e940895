"""A watchdog outside, or dead man's switch: an address that wants to be asked every minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from bot import http_client
from bot.telemetry import log

if TYPE_CHECKING:
    from pydantic import SecretStr


class HttpHeartbeat:
    """Asks an address; that the watchdog is away is its own trouble, and only logged."""

    def __init__(self, url: SecretStr) -> None:
        self._url = url
        self._client = http_client.create()

    async def beat(self) -> None:
        try:
            answer = await self._client.get(self._url.get_secret_value())
        except httpx.HTTPError as error:
            # Not its words: they may hold the address, which is a secret.
            log.warning("heartbeat_failed", error=type(error).__name__)
            return
        if not answer.is_success:
            log.warning("heartbeat_failed", error=f"HTTP {answer.status_code}")

    async def close(self) -> None:
        await self._client.aclose()
