"""What only one process does at a time, such as reading a mailbox."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.engine import Database

_TRY = text("SELECT pg_try_advisory_lock(:kind, hashtext(:name))")
_KIND = 0x6465736B
"""Any constant of our own."""


class Exclusive:
    """The turn is a lock of a PostgreSQL session: it ends with the process, however that ends.

    On SQLite there is one process only, and it is always its turn.
    """

    def __init__(self, database: Database, name: str, *, look_seconds: float = 5) -> None:
        self._database = database
        self._name = name
        self._look_seconds = look_seconds
        self.is_held = database.is_sqlite

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it whenever it is our turn, until cancelled."""
        if self._database.is_sqlite:
            await work()
            return
        while True:
            try:
                async with self._database.session() as connection:
                    await self._take_turn(connection)
                    await self._work(connection, work)
            except StorageUnavailableError:
                await asyncio.sleep(self._look_seconds)
            finally:
                self.is_held = False

    async def _take_turn(self, connection: AsyncConnection) -> None:
        while not await self._try(connection):  # noqa: ASYNC110 - whose turn it is may be on another machine
            await asyncio.sleep(self._look_seconds)
        self.is_held = True

    async def _try(self, connection: AsyncConnection) -> bool:
        return bool(await connection.scalar(_TRY, {"kind": _KIND, "name": self._name}))

    async def _work(self, connection: AsyncConnection, work: Callable[[], Awaitable[None]]) -> None:
        """Stop as soon as the lock is seen to be lost with its connection."""
        task = asyncio.ensure_future(work())
        try:
            while not (await asyncio.wait({task}, timeout=self._look_seconds))[0]:
                await connection.execute(text("SELECT 1"))
        finally:
            task.cancel()
            await asyncio.wait({task})
