"""A transaction is rolled back unless it is committed; who only reads waits for nobody."""

from __future__ import annotations

import asyncio

import pytest

from storage.errors import NotFoundError
from storage.unit_of_work import Storage
from tests.storage import holding
from tests.storage.samples import LEASE, NOW, enqueue, open_ticket, stored_ticket, unclaimed


async def is_woken(storage: Storage) -> bool:
    return bool(await storage.wakeup.wait(0))


async def test_what_is_not_committed_did_not_happen(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
    async with storage.reading() as uow:
        with pytest.raises(NotFoundError):
            await uow.tickets.get(ticket.id)


async def test_an_error_rolls_back_and_passes(storage: Storage) -> None:
    async def fail() -> None:
        async with storage.unit_of_work() as uow:
            await open_ticket(uow)
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await fail()
    async with storage.reading() as uow:
        assert await unclaimed(uow) == {}


async def test_a_cancelled_writer_makes_room_for_the_next(storage: Storage) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        async with storage.unit_of_work() as uow:
            await open_ticket(uow, "trace-1")
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await stored_ticket(storage, "trace-1")


async def test_writers_follow_each_other(storage: Storage) -> None:
    await asyncio.gather(*(stored_ticket(storage, f"trace-{number}") for number in range(20)))
    async with storage.reading() as uow:
        assert await unclaimed(uow) == {"billing": 20}


async def test_a_reader_does_not_wait_for_a_writer_and_does_not_see_its_work(storage: Storage) -> None:
    async with storage.unit_of_work() as writer:
        await open_ticket(writer)
        async with asyncio.timeout(5), storage.reading() as reader:
            assert await unclaimed(reader) == {}
            await storage.ping()
        await writer.commit()
    async with storage.reading() as reader:
        assert await unclaimed(reader) == {"billing": 1}


async def test_a_writer_does_not_wait_for_a_reader(storage: Storage) -> None:
    async with storage.reading() as reader:
        assert await unclaimed(reader) == {}
        async with asyncio.timeout(5):
            await stored_ticket(storage)


async def test_a_reader_does_not_wait_for_the_intake(storage: Storage) -> None:
    async with holding.the_writer(storage), asyncio.timeout(5), storage.reading() as reader:
        assert await reader.emails.unfinished_counts() == {}


async def test_the_worker_is_woken_after_a_commit_that_left_work(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.outbox.enqueue("email.reply", lane="smtp", payload={}, trace_id="trace-1", now=NOW)
        assert not await is_woken(storage)
        await uow.commit()
    assert await is_woken(storage)


async def test_the_worker_sleeps_on_when_nothing_was_left(storage: Storage) -> None:
    await stored_ticket(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.enqueue("email.reply", lane="smtp", payload={}, trace_id="trace-1", now=NOW)
    assert not await is_woken(storage)


async def test_the_worker_is_woken_by_a_dead_letter_that_is_driven_again(storage: Storage) -> None:
    entry_id = await enqueue(storage)
    async with storage.unit_of_work() as uow:
        (entry,) = await uow.outbox.claim("smtp", limit=1, worker="w", now=NOW, lease=LEASE)
        await uow.outbox.bury(entry, now=NOW, error="refused")
        await uow.commit()
    await storage.wakeup.wait(0)
    async with storage.unit_of_work() as uow:
        await uow.outbox.redrive(entry_id, now=NOW)
        await uow.commit()
    assert await is_woken(storage)


async def test_transactions_of_one_name_follow_each_other(storage: Storage) -> None:
    """Whoever comes second sees what the first has committed, also when it is another process."""
    other = Storage(str(storage.database.url.render_as_string(hide_password=False)))
    seen: list[list[str]] = []

    async def work(which: Storage, trace_id: str) -> None:
        async with which.unit_of_work() as uow:
            await uow.one_at_a_time("mail:default:maria@customer.example")
            seen.append([entry.kind for entry in await uow.outbox.for_trace("shared")])
            await uow.outbox.enqueue(trace_id, lane="test", payload={}, trace_id="shared", now=NOW)
            await uow.commit()

    await asyncio.gather(work(storage, "first"), work(other, "second"))
    await other.database.close()
    assert sorted(map(len, seen)) == [0, 1]
