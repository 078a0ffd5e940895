"""Group commit on SQLite: a thread that owns one connection takes all waiting mails into one transaction.

The statements are compiled once from the tables, and the thread speaks sqlite3 itself: through the async
engine each mail would cross threads several times, which costs more than the write.
"""

from __future__ import annotations

import asyncio
import sqlite3
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from storage import engine, received_statements, sqlite_statements
from storage.errors import StorageUnavailableError
from storage.received import BATCH_LIMIT, QUEUE_LIMIT, Receipt, ReceivedEmail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        self._fresh: list[Job] = []
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="email-writer", daemon=True)
        self._insert_emails = sqlite_statements.Insert(
            received_statements.insert_email("sqlite"), received_statements.EMAIL_COLUMNS
        )
        self._insert_triage = sqlite_statements.Insert(
            received_statements.insert_triage(), received_statements.TRIAGE_COLUMNS
        )
        self._select_first = sqlite_statements.Statement(received_statements.select_first())

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def remember(self, email: ReceivedEmail) -> Receipt:
        if self._jobs.qsize() + len(self._fresh) >= QUEUE_LIMIT:
            raise StorageUnavailableError("too many mails wait to be stored")
        receipt: asyncio.Future[Receipt] = self._loop.create_future()
        self._fresh.append((email, receipt))
        if len(self._fresh) == 1:
            self._loop.call_soon(self._hand_over)
        return await receipt

    def _hand_over(self) -> None:
        """Give the thread all mails of one turn of the event loop: woken by each, it would commit each alone."""
        for job in self._fresh:
            self._jobs.put(job)
        self._fresh.clear()

    async def close(self) -> None:
        if self._thread.is_alive():
            self._hand_over()
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
        except Exception:
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
            receipts = self._insert(connection, [email for email, _ in batch])
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return list(receipts)

    def _insert(self, connection: sqlite3.Connection, received: Sequence[ReceivedEmail]) -> list[Receipt]:
        rows = [received_statements.email_row(email) for email in received]
        if self._insert_emails.run(connection, rows) == len(rows):
            receipts = [Receipt(email.trace_id, is_duplicate=False) for email in received]
        else:
            receipts = [self._first(connection, row) for row in rows]
        new = [email for email, receipt in zip(received, receipts, strict=True) if not receipt.is_duplicate]
        if new:
            self._insert_triage.run(connection, [received_statements.triage_row(email) for email in new])
        return receipts

    def _first(self, connection: sqlite3.Connection, row: Mapping[str, Any]) -> Receipt:
        """What the delivery is stored under: its own row, or the first one's with the same key."""
        (trace_id,) = self._select_first.run(connection, row).fetchone()
        return Receipt(trace_id, is_duplicate=trace_id != row["trace_id"])

    def _answer(self, batch: Sequence[Job], outcomes: Sequence[Receipt | Exception]) -> None:
        for (_, receipt), outcome in zip(batch, outcomes, strict=True):
            if receipt.done():
                continue  # the caller has gone; its mail is stored all the same
            if isinstance(outcome, Exception):
                receipt.set_exception(outcome)
            else:
                receipt.set_result(outcome)
        self._wakeup.set(received_statements.TRIAGE_LANE)


def _failure(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        unavailable = StorageUnavailableError(str(error))
        unavailable.__cause__ = error
        return unavailable
    return error
