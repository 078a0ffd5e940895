"""PostgreSQL's LISTEN and NOTIFY: a word to every process that listens, kept by nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from storage.engine import Database

_NOTIFY = text("SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) AS payload")
_LOOK_SECONDS = 30
"""How often a silent connection is asked whether it still lives."""


class Notifications:
    """One channel. A payload has less than 8,000 bytes."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel

    async def notify(self, payloads: Sequence[str]) -> None:
        """Tell all who listen now.

        Raises:
            StorageUnavailableError: the database does not answer.
        """
        async with self._database.connection() as connection:
            await connection.execute(_NOTIFY, {"channel": self._channel, "payloads": list(payloads)})
            await connection.commit()

    async def listen(self) -> AsyncGenerator[list[str], None]:
        """What is told from now on; an empty list says once that it is heard now.

        Raises:
            StorageUnavailableError: the connection is lost.
        """
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        async with self._database.session() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            raw.add_termination_listener(lambda *_: heard.put_nowait(None))
            await raw.add_listener(self._channel, lambda *notification: heard.put_nowait(notification[-1]))
            yield []
            while True:
                try:
                    async with asyncio.timeout(_LOOK_SECONDS):
                        payloads = [await heard.get()]
                except TimeoutError:
                    await connection.execute(text("SELECT 1"))
                    continue
                while not heard.empty():
                    payloads.append(heard.get_nowait())
                yield [payload for payload in payloads if payload is not None]
                if None in payloads:
                    raise StorageUnavailableError("the database has closed the connection")
