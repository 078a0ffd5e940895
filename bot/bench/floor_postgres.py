"""What asyncpg does by itself: the same rows with the same durability, without asking anybody."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import make_url

from bot.bench import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from bot.bench.rows import Table

_WAITING = (
    "SELECT o.id, e.id, e.trace_id, e.normalised FROM outbox o JOIN emails e ON e.trace_id = o.trace_id "
    "WHERE o.lane = 'triage' AND o.state = 'ready' ORDER BY o.due_at, o.id LIMIT $1"
)
_WRITES = {
    "messages": rows.MESSAGE,
    "message_ids": rows.MESSAGE_ID,
    "audit": rows.AUDIT,
    "outbox": rows.OUTBOX,
}
_UPDATE_EMAIL = (
    "UPDATE emails SET state = 'done', ticket_id = $2, decision = $3, circumstances = $4 WHERE id = $1"
)
_UPDATE_ENTRY = "UPDATE outbox SET state = 'done', done_at = $2 WHERE id = $1"
_CLAIM = (
    "UPDATE outbox SET state = 'leased', attempts = attempts + 1, leased_by = 'bench', leased_until = $1 WHERE id IN "
    "(SELECT id FROM outbox WHERE lane = $2 AND state = 'ready' AND due_at <= $3 ORDER BY due_at, id LIMIT 1 "
    "FOR UPDATE SKIP LOCKED) RETURNING id"
)
_FINISH = (
    "UPDATE outbox SET state = 'done', done_at = $1, leased_by = NULL, leased_until = NULL "
    "WHERE id = $2 AND state = 'leased' AND leased_by = 'bench'"
)


async def triage(url: str, count: int, *, batch: int) -> float:
    """Decide about so many stored mails, `batch` in one transaction; gives the seconds."""
    decide = rows.decider()
    async with _connected(url) as connection:
        started = perf_counter()
        for begin in range(0, count, batch):
            async with connection.transaction():
                waiting = await connection.fetch(_WAITING, min(batch, count - begin))
                await _write(connection, [decide(rows.Mail(*row)) for row in waiting])
        return perf_counter() - started


async def _write(connection: Any, decided: list[rows.Decided]) -> None:
    now = datetime.now(UTC)
    insert = f"{_insert('tickets', rows.TICKET)} RETURNING id"
    ids = await connection.fetchmany(insert, [one.ticket(now) for one in decided])
    written = rows.merged([one.rest(row["id"], now) for one, row in zip(decided, ids, strict=True)])
    for table, columns in _WRITES.items():
        await connection.executemany(_insert(table, columns), written[table])
    await connection.executemany(_UPDATE_EMAIL, written["emails"])
    await connection.executemany(_UPDATE_ENTRY, written["done"])


async def store(url: str, tables: Mapping[str, Table], *, batch: int, connections: int) -> float:
    """Insert rows of equal number in each table, `batch` in one transaction of a connection; gives the seconds."""
    parts = rows.batches(tables, batch)
    async with asyncpg.create_pool(_dsn(url), min_size=connections, max_size=connections) as pool:
        started = perf_counter()
        await asyncio.gather(*(_store_each(pool, parts) for _ in range(connections)))
        return perf_counter() - started


async def _store_each(pool: Any, parts: Iterator[dict[str, Table]]) -> None:
    async with pool.acquire() as connection:
        for part in parts:
            async with connection.transaction():
                for name, (columns, values) in part.items():
                    await connection.executemany(_insert(name, columns), values)


async def claim_and_finish(url: str, lane: str, count: int) -> float:
    """Take entries one by one, each with two commits; gives the seconds."""
    async with _connected(url) as connection:
        later = datetime.now(UTC) + timedelta(days=1)
        started = perf_counter()
        for _ in range(count):
            entry_id = await connection.fetchval(_CLAIM, later, lane, later)
            await connection.execute(_FINISH, later, entry_id)
        return perf_counter() - started


def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(_dsn(url))
    try:
        yield connection
    finally:
        await connection.close()
