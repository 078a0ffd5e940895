"""Ways to make writers wait, and to see from outside what they did."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.unit_of_work import Storage

_WAL_HEADER, _FRAME_HEADER = 32, 24


@asynccontextmanager
async def the_writer(storage: Storage) -> AsyncIterator[None]:
    """Nobody stores a mail meanwhile."""
    async with storage.database.connection() as connection:
        if not storage.database.is_sqlite:  # on SQLite the connection alone keeps every writer out
            await connection.execute(text("LOCK TABLE emails IN EXCLUSIVE MODE"))
        yield


async def commits_of_mails(storage: Storage) -> int:
    """How many transactions have stored mails in this new database."""
    if storage.database.is_sqlite:
        return _commits_in_wal(Path(f"{storage.database.url.database}-wal"))
    async with storage.database.connection() as connection:
        # The hidden column names the transaction that wrote the row.
        statement = text("SELECT count(DISTINCT CAST(xmin AS text)) FROM emails")
        return int((await connection.execute(statement)).scalar_one())


def _commits_in_wal(path: Path) -> int:
    """The frames that end a transaction: they carry the size of the database (https://sqlite.org/fileformat2.html)."""
    wal = path.read_bytes()
    step = _FRAME_HEADER + int.from_bytes(wal[8:12], "big")
    sizes = (wal[start + 4 : start + 8] for start in range(_WAL_HEADER, len(wal), step))
    return sum(any(size) for size in sizes)
