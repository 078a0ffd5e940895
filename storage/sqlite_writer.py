"""Group commit on SQLite: a thread that owns one connection takes all waiting mails into one transaction.

The statements are compiled once from the tables, and the thread speaks sqlite3 itself: through the async
engine each mail would cross threads several times, which costs more than the write.
"""

from __future__ import annotations

import asyncio
import sqlite3
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.dialects import sqlite

from storage import engine, received_statements
from storage.errors import StorageUnavailableError
from storage.received import BATCH_LIMIT, QUEUE_LIMIT, Receipt, ReceivedEmail
from storage.schema import emails, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ClauseElement, Table
    from sqlalchemy.sql.compiler import SQLCompiler

    from storage.engine import Database
    from storage.wakeup import Wakeup

    Job = tuple[ReceivedEmail, asyncio.Future[Receipt]]


class SqliteEmailWriter:
    """The EmailWriter of one SQLite file."""

    def __init__(self, database: Database, wakeup: Wakeup) -> None:
        if database.write_gate is None or not database.url.database:
            raise ValueError("the SQLite writer needs a database file")
        self._path = database.url.database
        self._gate = database.write_gate
        self._wakeup = wakeup
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="email-writer", daemon=True)
        self._insert_email = _Statement(
            received_statements.insert_email("sqlite"), emails, received_statements.EMAIL_COLUMNS
        )
        self._insert_triage = _Statement(
            received_statements.insert_triage(), outbox, received_statements.TRIAGE_COLUMNS
        )
        self._select_first = _Statement(received_statements.select_first(), emails)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def remember(self, email: ReceivedEmail) -> Receipt:
        if self._jobs.qsize() >= QUEUE_LIMIT:
            raise StorageUnavailableError("too many mails wait to be stored")
        receipt: asyncio.Future[Receipt] = self._loop.create_future()
        self._jobs.put((email, receipt))
        return await receipt

    async def close(self) -> None:
        if self._thread.is_alive():
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while batch := self._next_batch():
            try:
                connection = connection or self._connect()
                outcomes = self._store(connection, batch)
            except Exception as error:  # noqa: BLE001 - every waiting caller must get an answer
                outcomes = [_failure(error)] * len(batch)
            self._loop.call_soon_threadsafe(self._answer, batch, outcomes)
        if connection is not None:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        for pragma in engine.SQLITE_PRAGMAS:
            connection.execute(pragma)
        return connection

    def _next_batch(self) -> list[Job]:
        """All waiting jobs up to the limit; waits for the first, empty means stop."""
        batch: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == BATCH_LIMIT:
                return batch
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch
        if batch:
            # The stop sign came behind mails: store these, then see it again.
            self._jobs.put(None)
        return batch

    def _store(self, connection: sqlite3.Connection, batch: Sequence[Job]) -> list[Receipt | Exception]:
        try:
            with self._gate.held():
                return self._transaction(connection, batch)
        except sqlite3.OperationalError:
            raise
        except sqlite3.Error:
            if len(batch) == 1:
                raise
        # One row cannot be stored: let it fail alone.
        return [self._store_one(connection, job) for job in batch]

    def _store_one(self, connection: sqlite3.Connection, job: Job) -> Receipt | Exception:
        try:
            return self._store(connection, [job])[0]
        except Exception as error:  # noqa: BLE001 - as in _run
            return _failure(error)

    def _transaction(self, connection: sqlite3.Connection, batch: Sequence[Job]) -> list[Receipt | Exception]:
        try:
            connection.execute("BEGIN IMMEDIATE")
            receipts: list[Receipt | Exception] = [self._insert(connection, email) for email, _ in batch]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return receipts

    def _insert(self, connection: sqlite3.Connection, email: ReceivedEmail) -> Receipt:
        row = received_statements.email_row(email)
        if self._insert_email.run(connection, row).fetchone():
            self._insert_triage.run(connection, received_statements.triage_row(email))
            return Receipt(email.trace_id, is_duplicate=False)
        (first,) = self._select_first.run(connection, row).fetchone()
        return Receipt(first, is_duplicate=True)

    def _answer(self, batch: Sequence[Job], outcomes: Sequence[Receipt | Exception]) -> None:
        for (_, receipt), outcome in zip(batch, outcomes, strict=True):
            if receipt.done():
                continue  # the caller has gone; its mail is stored all the same
            if isinstance(outcome, Exception):
                receipt.set_exception(outcome)
            else:
                receipt.set_result(outcome)
        self._wakeup.set()


class _Statement:
    """SQL text of a statement and how each value becomes what sqlite3 takes."""

    def __init__(self, statement: ClauseElement, table: Table, columns: Sequence[str] = ()) -> None:
        dialect = sqlite.dialect()
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect, column_keys=list(columns)))
        self._sql = str(compiled)
        self._parameters: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]

    def run(self, connection: sqlite3.Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        return connection.execute(
            self._sql, [values[name] if to is None else to(values[name]) for name, to in self._parameters]
        )


def _failure(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        unavailable = StorageUnavailableError(str(error))
        unavailable.__cause__ = error
        return unavailable
    return error
