"""What survives a restart: JSON documents by kind and key, read from memory and kept in SQLite."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

import aiosqlite

from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from pathlib import Path

Json: TypeAlias = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
)
"""
# An upsert keeps the rowid, and with it the order in which documents are read back.
_PUT = (
    "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"
)


def json_object(body: bytes) -> Json:
    """A request body that has to be a JSON object.

    Raises:
        MethodError: `invalid_json`, `json_not_object`.
    """
    try:
        value = json.loads(body)
    except ValueError as error:
        raise MethodError("invalid_json") from error
    if not isinstance(value, dict):
        raise MethodError("json_not_object")
    return value


class Store:
    """Documents by kind and key, in the order of their first writing.

    A write is committed before it returns, so that what an API call answered is still there after a kill.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: aiosqlite.Connection | None = None
        self._documents: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        self._changed = asyncio.Event()
        self.version = 0
        """Grows with every change; the page compares it."""
        self.is_closed = False

    async def open(self) -> None:
        """Open or make the file, and read it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = await aiosqlite.connect(self._path)
        await self._connection.execute("PRAGMA journal_mode = WAL")
        # Every commit survives a kill of the process; a power loss may take the last ones.
        await self._connection.execute("PRAGMA synchronous = NORMAL")
        await self._connection.execute(_SCHEMA)
        await self._connection.commit()
        async with self._connection.execute("SELECT kind, key, body FROM documents ORDER BY rowid") as rows:
            async for kind, key, body in rows:
                self._documents[kind][key] = json.loads(body)

    def get(self, kind: str, key: str) -> Json | None:
        return self._documents[kind].get(key)

    def all(self, kind: str) -> list[Json]:
        return list(self._documents[kind].values())

    async def put(self, kind: str, key: str, document: Json) -> None:
        self._documents[kind][key] = document
        await self._commit(_PUT, (kind, key, json.dumps(document)))

    async def delete(self, kind: str, key: str) -> None:
        self._documents[kind].pop(key, None)
        await self._commit("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    async def clear(self, *kinds: str) -> None:
        for kind in kinds:
            self._documents[kind].clear()
            await self._commit("DELETE FROM documents WHERE kind = ?", (kind,))

    async def _commit(self, statement: str, values: tuple[str, ...]) -> None:
        if self._connection is None:
            raise RuntimeError("the store is not open")
        await self._connection.execute(statement, values)
        await self._connection.commit()
        self.announce()

    def announce(self) -> None:
        """Wake everybody who waits for a change."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_newer(self, version: int) -> None:
        """Return once there is a change after this version, or the store is closed."""
        while self.version <= version and not self.is_closed:
            await self._changed.wait()

    def stop_waiting(self) -> None:
        """Let go of everybody who waits; used before the server stops."""
        self.is_closed = True
        self.announce()

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
