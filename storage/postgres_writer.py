"""Group commit on PostgreSQL: one connection takes all waiting mails into one transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import exc, select, tuple_

from storage import received_statements
from storage.errors import StorageUnavailableError
from storage.hints import Hint
from storage.received import BATCH_LIMIT, QUEUE_LIMIT, Receipt, ReceivedEmail
from storage.schema import emails, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.engine import Database
    from storage.wakeup import Wakeup

    Job = tuple[ReceivedEmail, asyncio.Future[Receipt]]


class PostgresEmailWriter:
    """The EmailWriter of a PostgreSQL database."""

    def __init__(self, database: Database, wakeup: Wakeup) -> None:
        self._database = database
        self._wakeup = wakeup
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="email-writer")

    async def remember(self, email: ReceivedEmail) -> Receipt:
        if self._jobs.qsize() >= QUEUE_LIMIT:
            raise StorageUnavailableError("too many mails wait to be stored")
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait((email, receipt))
        return await receipt

    async def close(self) -> None:
        self._jobs.put_nowait(None)
        await self._task

    async def _run(self) -> None:
        is_open = True
        while is_open:
            jobs = [await self._jobs.get()]
            while len(jobs) < BATCH_LIMIT and not self._jobs.empty():
                jobs.append(self._jobs.get_nowait())
            batch = [job for job in jobs if job is not None]
            is_open = len(batch) == len(jobs)
            if batch:
                await self._store_and_answer(batch)

    async def _store_and_answer(self, batch: Sequence[Job]) -> None:
        try:
            receipts, hints = await self._transaction([email for email, _ in batch])
        except exc.DBAPIError:
            if len(batch) > 1:
                # One row cannot be stored: let it fail alone.
                for job in batch:
                    await self._store_and_answer([job])
                return
            _fail(batch, StorageUnavailableError("the database refused this mail"))
        except Exception as error:  # noqa: BLE001 - every waiting caller must get an answer
            _fail(batch, error)
        else:
            for (email, receipt), first in zip(batch, receipts, strict=True):
                if not receipt.done():
                    receipt.set_result(Receipt(first, is_duplicate=first != email.trace_id))
            self._wakeup.committed(hints, received_statements.TRIAGE_LANE)

    async def _transaction(self, batch: Sequence[ReceivedEmail]) -> tuple[list[str], list[Hint]]:
        """The trace id that each mail is stored under: its own, or that of the first delivery; and the new work."""
        hints: list[Hint] = []
        async with self._database.connection() as connection:
            # Two processes that insert the same deliveries in one order cannot lock each other out.
            rows = [received_statements.email_row(email) for email in sorted(batch, key=_identity)]
            insert = received_statements.insert_email("postgresql").returning(emails.c.trace_id)
            new = set(await connection.scalars(insert, rows))
            if new:
                triage = [received_statements.triage_row(email) for email in batch if email.trace_id in new]
                ids = await connection.scalars(
                    received_statements.insert_triage().returning(outbox.c.id), triage
                )
                hints = [Hint(entry_id, received_statements.TRIAGE_LANE, None) for entry_id in ids]
            firsts = await _firsts(connection, [email for email in batch if email.trace_id not in new])
            await connection.commit()
        return [firsts.get(_identity(email), email.trace_id) for email in batch], hints


def _identity(email: ReceivedEmail) -> tuple[str, str, str]:
    return (email.tenant, email.source, email.dedup_key)


async def _firsts(
    connection: AsyncConnection, duplicates: Sequence[ReceivedEmail]
) -> dict[tuple[str, str, str], str]:
    if not duplicates:
        return {}
    key = tuple_(emails.c.tenant, emails.c.source, emails.c.dedup_key)
    rows = await connection.execute(
        select(emails.c.tenant, emails.c.source, emails.c.dedup_key, emails.c.trace_id).where(
            key.in_([_identity(email) for email in duplicates])
        )
    )
    return {(row.tenant, row.source, row.dedup_key): row.trace_id for row in rows}


def _fail(batch: Sequence[Job], error: Exception) -> None:
    for _, receipt in batch:
        if not receipt.done():
            receipt.set_exception(error)
