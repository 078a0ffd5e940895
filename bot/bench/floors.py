"""The hand-written floors of the engine that a database URL names."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from bot.bench import floor_sqlite, rows
from storage import received_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from storage.received import ReceivedEmail

BATCH = 64


def engine(url: str) -> str:
    """What people call it."""
    return "SQLite" if _is_sqlite(url) else "PostgreSQL"


async def triage(url: str, count: int, *, batch: int) -> float:
    """Seconds to decide about so many stored mails, `batch` in one transaction."""
    if _is_sqlite(url):
        return await asyncio.to_thread(floor_sqlite.triage, url, count, batch=batch)
    from bot.bench import floor_postgres  # noqa: PLC0415 - its driver is an extra

    return await floor_postgres.triage(url, count, batch=batch)


async def store(
    url: str, mails: Sequence[ReceivedEmail], *, batch: int = BATCH, connections: int = 1
) -> float:
    """Seconds to insert so many mails, `batch` in one transaction; SQLite has one connection that writes."""
    if _is_sqlite(url):
        tables = _tables(mails, lambda at: at.replace(tzinfo=None).isoformat(" ", "microseconds"))
        return await asyncio.to_thread(floor_sqlite.store, url, tables, batch=batch)
    from bot.bench import floor_postgres  # noqa: PLC0415 - as above

    tables = _tables(mails, lambda at: at)
    return await floor_postgres.store(url, tables, batch=batch, connections=connections)


def _tables(mails: Sequence[ReceivedEmail], time: Callable[[datetime], Any]) -> dict[str, rows.Table]:
    """The rows of a received mail, each time as the driver takes it."""
    emails = [_values(received_statements.email_row(mail), time) for mail in mails]
    entries = [_values(received_statements.triage_row(mail), time) for mail in mails]
    return {
        "emails": (received_statements.EMAIL_COLUMNS, emails),
        "outbox": (received_statements.TRIAGE_COLUMNS, entries),
    }


def _values(row: Mapping[str, Any], time: Callable[[datetime], Any]) -> tuple[Any, ...]:
    return tuple(time(value) if isinstance(value, datetime) else value for value in row.values())


async def claim_and_finish(url: str, lane: str, count: int) -> float:
    """Seconds to take so many entries of a lane one by one, each with two commits."""
    if _is_sqlite(url):
        return await asyncio.to_thread(floor_sqlite.claim_and_finish, url, lane, count)
    from bot.bench import floor_postgres  # noqa: PLC0415 - as above

    return await floor_postgres.claim_and_finish(url, lane, count)


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"
