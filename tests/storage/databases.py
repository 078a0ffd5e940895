"""Migrated databases, made quickly: the migration runs once a run, not once a test."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import literal, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import migrations
from storage.engine import Database
from storage.schema import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import PostgresServer


class Databases(Protocol):
    """One engine's databases."""

    def migrated(self) -> str:
        """The URL of a database with the newest schema and no rows; it ends what was given out before."""

    def empty(self) -> str:
        """The URL of a new database with nothing in it."""


class SqliteDatabases:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._numbers = itertools.count()
        asyncio.run(migrate(_sqlite_url(self._template)))

    def migrated(self) -> str:
        path = self._next_path()
        shutil.copy(self._template, path)
        return _sqlite_url(path)

    def empty(self) -> str:
        return _sqlite_url(self._next_path())

    def _next_path(self) -> Path:
        return self._folder / f"{next(self._numbers)}.db"


class PostgresDatabases:
    """Databases of one server; the migrated one is the same each time, emptied: a new one takes far longer."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._migrated = self.empty()
        asyncio.run(migrate(self._migrated))

    def migrated(self) -> str:
        asyncio.run(_clear(self._migrated))
        return self._migrated

    def empty(self) -> str:
        name = f"deskbell_{next(self._numbers)}"
        asyncio.run(_create(self._server.url(), name))
        return self._server.url(name)


async def _create(url: str, name: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()


async def _clear(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        used = [
            table.name
            for table in metadata.sorted_tables
            if await connection.scalar(select(select(literal(1)).select_from(table).exists()))
        ]
        if used:
            await connection.execute(text(f"TRUNCATE {', '.join(used)} RESTART IDENTITY CASCADE"))
        # A number that was taken by a transaction which was rolled back is gone as well.
        await connection.execute(text("ALTER TABLE tickets ALTER COLUMN id RESTART"))
    await engine.dispose()


def _sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def migrate(url: str) -> None:
    database = Database(url)
    await migrations.upgrade(database)
    await database.close()
