"""What sqlite3 does by itself: the same rows with the same durability, in one thread and without asking anybody."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from bot.bench import rows
from storage import engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.bench.rows import Table

_WAITING = (
    "SELECT o.id, e.id, e.trace_id, e.normalised FROM outbox o JOIN emails e ON e.trace_id = o.trace_id "
    "WHERE o.lane = 'triage' AND o.state = 'ready' ORDER BY o.due_at, o.id LIMIT ?"
)
_WRITES = {
    "messages": rows.MESSAGE,
    "message_ids": rows.MESSAGE_ID,
    "audit": rows.AUDIT,
    "outbox": rows.OUTBOX,
}
_UPDATE_EMAIL = (
    "UPDATE emails SET state = 'done', ticket_id = ?2, decision = ?3, circumstances = ?4 WHERE id = ?1"
)
_UPDATE_ENTRY = "UPDATE outbox SET state = 'done', done_at = ?2 WHERE id = ?1"
_CLAIM = (
    "UPDATE outbox SET state = 'leased', attempts = attempts + 1, leased_by = 'bench', leased_until = ? WHERE id IN "
    "(SELECT id FROM outbox WHERE lane = ? AND state = 'ready' AND due_at <= ? ORDER BY due_at, id LIMIT 1) "
    "RETURNING id"
)
_LATER = "2999-01-01 00:00:00.000000"
_FINISH = (
    "UPDATE outbox SET state = 'done', done_at = ?, leased_by = NULL, leased_until = NULL "
    "WHERE id = ? AND state = 'leased' AND leased_by = 'bench'"
)


def triage(url: str, count: int, *, batch: int) -> float:
    """Decide about so many stored mails, `batch` in one transaction; gives the seconds."""
    decide = rows.decider()
    started = perf_counter()
    with _connected(url) as connection:
        for begin in range(0, count, batch):
            connection.execute("BEGIN IMMEDIATE")
            limit = min(batch, count - begin)
            mails = [rows.Mail(*row) for row in connection.execute(_WAITING, (limit,)).fetchall()]
            _write(connection, [decide(mail) for mail in mails])
            connection.execute("COMMIT")
    return perf_counter() - started


def _write(connection: sqlite3.Connection, decided: list[rows.Decided]) -> None:
    now = _now()
    insert = _insert("tickets", rows.TICKET)
    parts = []
    for one in decided:
        ticket_id = connection.execute(insert, one.ticket(now)).lastrowid or 0
        parts.append(one.rest(ticket_id, now))
    written = rows.merged(parts)
    for table, columns in _WRITES.items():
        connection.executemany(_insert(table, columns), written[table])
    connection.executemany(_UPDATE_EMAIL, written["emails"])
    connection.executemany(_UPDATE_ENTRY, written["done"])


def store(url: str, tables: Mapping[str, Table], *, batch: int) -> float:
    """Insert rows of equal number in each table, `batch` in one transaction; gives the seconds."""
    started = perf_counter()
    with _connected(url) as connection:
        for part in rows.batches(tables, batch):
            connection.execute("BEGIN IMMEDIATE")
            for name, (columns, values) in part.items():
                connection.executemany(_insert(name, columns), values)
            connection.execute("COMMIT")
    return perf_counter() - started


def claim_and_finish(url: str, lane: str, count: int) -> float:
    """Take entries one by one, each with two commits; gives the seconds."""
    started = perf_counter()
    with _connected(url) as connection:
        for _ in range(count):
            connection.execute("BEGIN IMMEDIATE")
            ((entry_id,),) = connection.execute(_CLAIM, (_LATER, lane, _LATER)).fetchall()
            connection.execute("COMMIT")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_FINISH, (_now(), entry_id))
            connection.execute("COMMIT")
    return perf_counter() - started


def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def _connected(url: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as connection:
        for pragma in engine.SQLITE_PRAGMAS:
            connection.execute(pragma)
        yield connection
