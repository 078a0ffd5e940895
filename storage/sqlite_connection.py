"""SQLite's connections for the event loop, with one errand to their thread for each statement.

aiosqlite makes four: for a cursor, the statement, its rows and the cursor's end. At each the thread waits for its turn
and the event loop for its own, which costs more than most statements do. The rows of a statement come all at once.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import aiosqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Row = tuple[Any, ...]

_UNUSED_CHUNK = 64


def connect(path: str, **options: Any) -> Connection:
    """Open a file when awaited; for SQLAlchemy in the place of `aiosqlite.connect`."""
    return Connection(partial(sqlite3.connect, path, **options), _UNUSED_CHUNK)


class Done(NamedTuple):
    """What a statement has brought."""

    description: Any = None
    rows: Sequence[Row] = ()
    rowcount: int = -1
    lastrowid: int | None = None


class Connection(aiosqlite.Connection):
    """A connection whose cursors are values, not something in the thread."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True  # a process that ends need not close its connections

    def cursor(self) -> Cursor:  # type: ignore[override] # SQLAlchemy only enters it
        return Cursor(self)

    async def run(self, sql: str, parameters: Sequence[Any], *, many: bool) -> Done:
        """Execute a statement and fetch what it gives, in the thread."""
        done: Done = await self._execute(self._run, sql, parameters, many=many)  # type: ignore[no-untyped-call] # of aiosqlite
        return done

    def _run(self, sql: str, parameters: Sequence[Any], *, many: bool) -> Done:
        cursor = self._conn.cursor()
        try:
            (cursor.executemany if many else cursor.execute)(sql, parameters)
            rows = cursor.fetchall() if cursor.description else []
            return Done(cursor.description, rows, cursor.rowcount, cursor.lastrowid)
        finally:
            cursor.close()


class Cursor:
    """The part of a cursor that SQLAlchemy uses."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._done = Done()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        self._done = await self._connection.run(sql, parameters, many=False)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> Self:
        self._done = await self._connection.run(sql, parameters, many=True)
        return self

    async def fetchall(self) -> Sequence[Row]:
        return self._done.rows

    async def close(self) -> None:
        """It was closed in the thread."""

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._done.lastrowid
