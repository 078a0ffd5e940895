"""One writer at a time, in the order of asking.

SQLite lets one connection write and makes the others poll for their turn, with pauses of up to 100 ms and no
order. Inside one process a queue is faster and fair: neither the intake thread nor the event loop can starve
the other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class WriteGate:
    """A fair lock that threads and tasks of the event loop share."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._is_held = False
        self._waiting: deque[Future[None]] = deque()

    def _ask(self) -> Future[None]:
        turn: Future[None] = Future()
        with self._mutex:
            if self._is_held:
                self._waiting.append(turn)
            else:
                self._is_held = True
                turn.set_result(None)
        return turn

    def _pass_on(self) -> None:
        with self._mutex:
            while self._waiting:
                turn = self._waiting.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self._is_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the turn in a thread."""
        self._ask().result()
        try:
            yield
        finally:
            self._pass_on()

    @asynccontextmanager
    async def held_async(self) -> AsyncIterator[None]:
        """Wait for the turn without blocking the event loop."""
        turn = self._ask()
        try:
            if not turn.done():
                await asyncio.wrap_future(turn)
        except asyncio.CancelledError:
            # The turn may have come in the moment of the cancellation; then it is ours to pass on.
            if not turn.cancel():
                self._pass_on()
            raise
        try:
            yield
        finally:
            self._pass_on()
