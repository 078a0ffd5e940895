"""Tells the outbox worker that there is something to do, so that it need not poll."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.hints import Hint


class Wakeup:
    """Set after each commit that left work; the worker waits for it with a timeout as the safety net."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._lanes: set[str | None] = set()
        self.tell_others: Callable[[Sequence[Hint]], None] | None = None
        """Hears of every entry that was committed here and is due, to tell other processes; it must not block."""

    def committed(self, hints: Sequence[Hint], lane: str | None = None) -> None:
        """Wake the worker of this process and, if there is one, tell those of others."""
        self.set(lane)
        if self.tell_others is not None and hints:
            self.tell_others(hints)

    def set(self, lane: str | None = None) -> None:
        """Wake the worker, for this lane where only one got work; only from the thread of the event loop."""
        self._lanes.add(lane)
        self._event.set()

    async def wait(self, seconds: float) -> frozenset[str | None]:
        """Return when woken or after `seconds`; a wake-up that came before the call counts.

        Gives the lanes that were named, None among them where one was not.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
        lanes = frozenset(self._lanes)
        self._lanes.clear()
        return lanes
