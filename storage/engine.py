"""The connection to the database: SQLite by default, PostgreSQL when the URL says so."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from storage import errors, sqlite_connection
from storage.write_gate import WriteGate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL survives a power loss, not only a killed process; group commit makes it cheap.
    "PRAGMA synchronous=FULL",
    # For other processes; inside this one writers queue at the gate. Two waits in a row, the worker's and the
    # intake's, must end before a provider of mail gives up on the webhook, which is often after ten seconds.
    "PRAGMA busy_timeout=2000",
    "PRAGMA foreign_keys=ON",
)
_WAL_TRIES, _WAL_PAUSE_SECONDS = 100, 0.02


class Database:
    """An engine and, on SQLite, the gate that its writers pass."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _create_engine(url)
        self.write_gate = WriteGate() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def connection(self, *, read_only: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that is rolled back unless committed.

        Raises:
            StorageUnavailableError: the database cannot be reached or is locked by another process.
        """
        gate = nullcontext() if read_only or self.write_gate is None else self.write_gate.held_async()
        with errors.translated():
            async with gate, self.engine.connect() as connection:
                if read_only:
                    await connection.execution_options(read_only=True)
                yield connection

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """A connection beside the pool, each statement its own transaction; for what lasts as long as it is open.

        Raises:
            StorageUnavailableError: the database cannot be reached.
        """
        engine = create_async_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with errors.translated():
            async with engine.connect() as connection:
                yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def _create_engine(url: str) -> AsyncEngine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=0)
    engine = create_async_engine(url, connect_args={"async_creator_fn": sqlite_connection.connect})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: _begin_sqlite does, with the lock it wants.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        _execute_patiently(cursor, pragma)
    cursor.close()


def _execute_patiently(cursor: Any, pragma: str) -> None:
    """SQLite itself does not wait where several processes switch a new database to WAL at once."""
    for _ in range(_WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            cursor.execute(pragma)
            return
        await_only(asyncio.sleep(_WAL_PAUSE_SECONDS))
    cursor.execute(pragma)


def _begin_sqlite(connection: Any) -> None:
    is_read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")
