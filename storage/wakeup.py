"""Tells the outbox worker that there is something to do, so that it need not poll."""

from __future__ import annotations

import asyncio


class Wakeup:
    """Set after each commit that left work; the worker waits for it with a timeout as the safety net."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the worker; only from the thread of the event loop."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when woken or after `seconds`; a wake-up that came before the call counts."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()
