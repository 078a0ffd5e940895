"""How many outbox entries workers claim and finish, beside how many rows of history."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text

from bot.clock import utc_now
from storage.schema import UtcDateTime
from storage.unit_of_work import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

LANE = "bench"
_LEASE = timedelta(minutes=5)
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO outbox (kind, lane, ordering_key, payload, trace_id, state, attempts, due_at, created_at, done_at)
SELECT 'slack.post_card', :lane, 'ticket:' || :state || i, '{}', 'trace-' || i, :state, 0, :due_at, :now, :now FROM n
"""


async def remember(storage: Storage, count: int) -> None:
    """Add entries that are done, of the same lane."""
    await _fill(storage, count, state="done", due_at=utc_now())


async def plan(storage: Storage, count: int) -> None:
    """Add timers of tomorrow."""
    await _fill(storage, count, state="ready", due_at=utc_now() + timedelta(days=1))


async def claim_and_finish(storage: Storage, *, count: int, workers: int) -> float:
    """Let workers take so many new entries one by one, each with two commits; gives the seconds.

    On PostgreSQL each has a connection of its own as in a process of its own; on SQLite they share one process.
    """
    await ready(storage, count + workers)
    url = storage.database.url.render_as_string(hide_password=False)
    is_shared = storage.database.is_sqlite
    storages = [storage] * workers if is_shared else [Storage(url) for _ in range(workers)]
    await asyncio.gather(*(_work(own, "warm", iter(range(1))) for own in storages))  # connects, and prepares
    turns = iter(range(count))
    started = perf_counter()
    await asyncio.gather(*(_work(own, f"bench-{number}", turns) for number, own in enumerate(storages)))
    seconds = perf_counter() - started
    if not is_shared:
        await asyncio.gather(*(own.database.close() for own in storages))
    return seconds


async def ready(storage: Storage, count: int) -> None:
    """Add entries that are due."""
    await _fill(storage, count, state="ready", due_at=utc_now())


async def _fill(storage: Storage, count: int, *, state: str, due_at: datetime) -> None:
    statement = text(_FILL).bindparams(
        bindparam("due_at", due_at, UtcDateTime()), bindparam("now", utc_now(), UtcDateTime())
    )
    async with storage.database.connection() as connection:
        await connection.execute(statement, {"count": count, "lane": LANE, "state": state})
        await connection.commit()


async def _work(storage: Storage, name: str, turns: Iterator[int]) -> None:
    for _ in turns:
        async with storage.unit_of_work() as uow:
            entries = await uow.outbox.claim(LANE, limit=1, worker=name, now=utc_now(), lease=_LEASE)
            await uow.commit()
        for entry in entries:
            async with storage.unit_of_work() as uow:
                await uow.outbox.finish(entry, utc_now())
                await uow.commit()
