"""The connections that SQLAlchemy works with on SQLite."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from storage import sqlite_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.sqlite_connection import Connection


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Connection]:
    connection = await sqlite_connection.connect(str(tmp_path / "some.db"), check_same_thread=False)
    await connection.run("CREATE TABLE numbers (n INTEGER PRIMARY KEY)", (), many=False)
    yield connection
    await connection.close()


async def test_a_cursor_has_the_rows_and_their_names_after_the_statement(connection: Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.executemany("INSERT INTO numbers VALUES (?)", [(1,), (2,), (3,)])
        assert cursor.rowcount == 3
        await cursor.execute("SELECT n, n * n AS square FROM numbers WHERE n > ?", (1,))
        assert [column[0] for column in cursor.description] == ["n", "square"]
        assert await cursor.fetchall() == [(2, 4), (3, 9)]
        await cursor.execute("INSERT INTO numbers VALUES (?)", (7,))
        assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, 1, 7)


async def test_a_refused_statement_leaves_the_connection_as_it_was(connection: Connection) -> None:
    async with connection.cursor() as cursor:
        await cursor.execute("INSERT INTO numbers VALUES (?)", (1,))
        with pytest.raises(sqlite3.IntegrityError):
            await cursor.execute("INSERT INTO numbers VALUES (?)", (1,))
        await cursor.execute("SELECT count(*) FROM numbers")
        assert await cursor.fetchall() == [(1,)]
