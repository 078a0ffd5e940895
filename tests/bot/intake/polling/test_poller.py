"""Whatever breaks in between: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.intake.polling import poller as poller_module
from bot.intake.polling.interfaces import Batch, Message, PollFailedError
from bot.intake.polling.poller import Poller
from bot.intake.providers import PROVIDERS
from bot.intake.received import Origin
from bot.telemetry import Metrics
from storage import schema
from storage.errors import StorageUnavailableError
from storage.unit_of_work import Storage
from tests.storage.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from storage.cursors import Cursor

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGIN = Origin(name="archive", tenant="acme", provider=PROVIDERS["raw"])


def mail(number: int) -> bytes:
    return f"From: maria@customer.example\r\nSubject: {number}\r\n\r\nHello\r\n".encode()


class MemoryMailbox:
    """A mailbox in memory; it fails at the steps that it is told to."""

    place = "memory"
    content_type = "message/rfc822"

    def __init__(self, mails: list[bytes], *, batch: int = 2) -> None:
        self.mails = mails
        self.acknowledged: set[str | None] = set()
        self.fails: list[bool] = []
        self.is_closed = False
        self._batch = batch

    def _step(self) -> None:
        if self.fails and self.fails.pop(0):
            raise PollFailedError("out of order")

    async def batches(self, cursor: Cursor | None) -> AsyncGenerator[Batch, None]:
        start = int(cursor.position) if cursor else 0
        while start < len(self.mails):
            self._step()
            end = min(start + self._batch, len(self.mails))
            messages = [Message(id=str(number), raw=self.mails[number]) for number in range(start, end)]
            yield Batch(messages=messages, position=str(end))
            start = end

    async def acknowledge(self, batch: Batch) -> None:
        for message in batch.messages:
            self._step()
            self.acknowledged.add(message.id)

    async def wait(self, interval: timedelta) -> None:
        await asyncio.sleep(interval.total_seconds())

    async def close(self) -> None:
        self.is_closed = True


def poller(mailbox: MemoryMailbox, storage: Storage, metrics: Metrics | None = None) -> Poller:
    return Poller(
        ORIGIN,
        mailbox,
        interval=timedelta(seconds=30),
        storage=storage,
        metrics=metrics or Metrics(),
        clock=lambda: NOW,
        operators_channel=lambda: "#support-ops",
    )


async def stored(storage: Storage) -> list[tuple[bytes, str | None]]:
    columns = select(schema.emails.c.raw, schema.emails.c.parse_error).order_by(schema.emails.c.id)
    async with storage.database.connection(read_only=True) as connection:
        return [(row.raw, row.parse_error) for row in await connection.execute(columns)]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("polling"))


@pytest.fixture
async def storage(databases: SqliteDatabases) -> AsyncIterator[Storage]:
    storage = Storage(databases.migrated())
    await storage.start()
    yield storage
    await storage.close()


async def test_mails_are_stored_in_their_order_and_acknowledged_before_the_cursor_moves(
    storage: Storage,
) -> None:
    mailbox = MemoryMailbox([mail(number) for number in range(3)])
    mailbox.fails = [False, False, True]
    with pytest.raises(PollFailedError):
        await poller(mailbox, storage).catch_up()
    async with storage.reading() as uow:
        assert await uow.cursors.get("archive", "memory") is None
    await poller(mailbox, storage).catch_up()
    assert await stored(storage) == [(mail(number), None) for number in range(3)]
    async with storage.reading() as uow:
        cursor = await uow.cursors.get("archive", "memory")
    assert cursor is not None
    assert (cursor.position, cursor.began_at) == ("3", NOW)


async def test_a_mail_that_cannot_be_read_is_kept_acknowledged_and_passed(storage: Storage) -> None:
    mailbox = MemoryMailbox([b"", mail(1)])
    metrics = Metrics()
    await poller(mailbox, storage, metrics).catch_up()
    assert await stored(storage) == [(b"", "The body is empty."), (mail(1), None)]
    assert mailbox.acknowledged == {"0", "1"}
    for status in ("unparseable", "accepted"):
        assert metrics.registry.get_sample_value(
            "deskbell_mails_received_total", {"source": "archive", "status": status}
        )


async def test_another_place_under_the_same_name_is_read_from_its_beginning(storage: Storage) -> None:
    mailbox = MemoryMailbox([mail(1)])
    await poller(mailbox, storage).catch_up()
    other = MemoryMailbox([mail(2)])
    other.place = "elsewhere"
    await poller(other, storage).catch_up()
    assert [raw for raw, _ in await stored(storage)] == [mail(1), mail(2)]


@pytest.mark.parametrize(
    ("error", "failures", "seconds"),
    [
        (PollFailedError("away"), 1, 2),
        (PollFailedError("away"), 4, 16),
        (PollFailedError("away"), 1000, 300),
        (PollFailedError("busy", retry_after=timedelta(seconds=1)), 1, 2),
        (PollFailedError("busy", retry_after=timedelta(minutes=20)), 1, 1200),
        (StorageUnavailableError("locked"), 2, 4),
    ],
)
def test_the_pause_grows_to_five_minutes_and_is_never_shorter_than_asked_for(
    error: Exception, failures: int, seconds: int
) -> None:
    assert poller_module.pause(error, failures=failures, jitter=0) == timedelta(seconds=seconds)


async def test_a_fault_that_nobody_thought_of_does_not_end_the_polling(storage: Storage) -> None:
    mailbox = MemoryMailbox([mail(1)])
    del mailbox.fails
    polling = poller(mailbox, storage)
    task = asyncio.create_task(polling.run())
    await until(lambda: polling.status.startswith("ok (failing since 2026-03-02T09:00:00Z"))
    mailbox.fails = []
    await until(lambda: polling.status == "ok" and mailbox.acknowledged == {"0"})
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert mailbox.is_closed


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    batch=st.integers(1, 3),
    fails=st.lists(st.booleans(), max_size=12),
)
def test_whatever_fails_between_whichever_steps_each_mail_is_stored_once(
    databases: SqliteDatabases, counts: list[int], batch: int, fails: list[bool]
) -> None:
    async def live() -> None:
        storage = Storage(databases.migrated())
        await storage.start()
        mailbox = MemoryMailbox([], batch=batch)
        mailbox.fails = fails
        for count in counts:
            mailbox.mails += [mail(len(mailbox.mails) + number) for number in range(count)]
            await attempt(poller(mailbox, storage))
        mailbox.fails = []
        await poller(mailbox, storage).catch_up()
        assert [raw for raw, _ in await stored(storage)] == mailbox.mails
        assert len(mailbox.acknowledged) == len(mailbox.mails)
        await storage.close()

    asyncio.run(live())


async def attempt(poller: Poller) -> None:
    try:
        await poller.catch_up()
    except PollFailedError:
        return
