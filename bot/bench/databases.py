"""A database of its own for a measurement, on the disk or the server of the desk's one, and gone after it."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import exc, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import SettingsError
from storage import migrations
from storage.engine import Database
from storage.errors import StorageUnavailableError
from storage.unit_of_work import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL


@asynccontextmanager
async def throwaway(url: str) -> AsyncIterator[str]:
    """The URL of an empty database beside that of `url`, whose own tables are never touched.

    Raises:
        SettingsError: there is no room for one.
        StorageUnavailableError: the server does not answer.
    """
    configured = make_url(url)
    if configured.get_backend_name() == "sqlite":
        with _folder(Path(configured.database or "")) as folder:
            yield f"sqlite+aiosqlite:///{folder}/bench.db"
    else:
        async with _of_server(configured) as made:
            yield made


def _folder(database: Path) -> TemporaryDirectory[str]:
    """On the same disk: another one may be many times as fast."""
    parent = next(folder for folder in database.absolute().parents if folder.exists())
    try:
        return TemporaryDirectory(prefix="deskbell-bench-", dir=parent)
    except OSError as error:
        raise SettingsError(f"DATABASE_URL: no file can be written beside the database: {error}") from error


@asynccontextmanager
async def _of_server(configured: URL) -> AsyncIterator[str]:
    name = f"deskbell_bench_{secrets.token_hex(6)}"
    await _execute(configured, f"CREATE DATABASE {name}")
    try:
        yield configured.set(database=name).render_as_string(hide_password=False)
    finally:
        await _execute(configured, f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(configured: URL, statement: str) -> None:
    engine = create_async_engine(configured, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    except exc.ProgrammingError as error:
        role = configured.username or "of the desk"
        raise SettingsError(
            f"DATABASE_URL: the role {role} may not make a database of its own for the measurement, and your "
            f"tables are not touched. Allow it for now: ALTER ROLE {role} CREATEDB"
        ) from error
    except (exc.DBAPIError, OSError) as error:
        raise StorageUnavailableError(str(error)) from error
    finally:
        await engine.dispose()


async def version(url: str) -> str:
    """What people call the engine, and its version.

    Raises:
        StorageUnavailableError: the server does not answer.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    database = Database(url)
    try:
        async with database.connection(read_only=True) as connection:
            return f"PostgreSQL {await connection.scalar(text('SHOW server_version'))}"
    finally:
        await database.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Storage]:
    """A started storage at the newest revision."""
    storage = Storage(url)
    try:
        await migrations.upgrade(storage.database)
        await storage.start()
        yield storage
        await storage.email_writer.close()
    finally:
        await storage.database.close()
