"""A lease belongs to one worker for a while; whoever comes late records nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.errors import LeaseLostError
from tests.storage.samples import LEASE, NOW, SECOND, claim, enqueue, open_ticket, unclaimed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from storage.outbox import Outbox, OutboxEntry
    from storage.unit_of_work import Storage

    Settle = Callable[[Outbox, OutboxEntry, datetime], Awaitable[None]]

EXPIRY = NOW + LEASE

SETTLEMENTS: dict[str, Settle] = {
    "finish": lambda outbox, entry, now: outbox.finish(entry, now),
    "postpone": lambda outbox, entry, now: outbox.postpone(entry, now=now, due_at=now, error="busy"),
    "bury": lambda outbox, entry, now: outbox.bury(entry, now=now, error="refused"),
}
each_settlement = pytest.mark.parametrize("settle", SETTLEMENTS.values(), ids=SETTLEMENTS.keys())


async def only_entry(storage: Storage) -> OutboxEntry:
    async with storage.reading() as uow:
        (entry,) = await uow.outbox.for_trace("trace-1")
    return entry


async def reap(storage: Storage, now: datetime) -> int:
    async with storage.unit_of_work() as uow:
        freed = await uow.outbox.reap(now)
        await uow.commit()
    return freed


async def test_a_finished_entry_is_done(storage: Storage) -> None:
    await enqueue(storage)
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.finish(entry, NOW + SECOND)
        await uow.commit()
    done = await only_entry(storage)
    assert (done.state, done.done_at, done.leased_by, done.last_error) == ("done", NOW + SECOND, None, None)
    assert await claim(storage, now=NOW + 2 * LEASE) == []


@each_settlement
async def test_a_lease_that_ran_out_settles_nothing(storage: Storage, settle: Settle) -> None:
    await enqueue(storage)
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        with pytest.raises(LeaseLostError, match=rf"outbox entry {entry.id} \(email\.reply\)"):
            await settle(uow.outbox, entry, EXPIRY)
    assert (await only_entry(storage)).state == "leased"


@each_settlement
async def test_who_lost_the_lease_to_another_settles_nothing(storage: Storage, settle: Settle) -> None:
    await enqueue(storage)
    (late,) = await claim(storage, worker="worker-1")
    await reap(storage, EXPIRY)
    await claim(storage, worker="worker-2", now=EXPIRY)
    async with storage.unit_of_work() as uow:
        with pytest.raises(LeaseLostError):
            await settle(uow.outbox, late, EXPIRY + SECOND)


@each_settlement
async def test_the_attempt_before_the_present_one_settles_nothing(storage: Storage, settle: Settle) -> None:
    """The same worker may hold the entry again, while an earlier attempt of its own still hangs."""
    await enqueue(storage)
    (late,) = await claim(storage, worker="worker-1")
    await reap(storage, EXPIRY)
    (present,) = await claim(storage, worker="worker-1", now=EXPIRY)
    async with storage.unit_of_work() as uow:
        with pytest.raises(LeaseLostError):
            await settle(uow.outbox, late, EXPIRY + SECOND)
        await settle(uow.outbox, present, EXPIRY + SECOND)


async def test_what_a_late_finish_was_to_record_is_rolled_back(storage: Storage) -> None:
    await enqueue(storage)
    (entry,) = await claim(storage)

    async def record_late() -> None:
        async with storage.unit_of_work() as uow:
            await open_ticket(uow)
            await uow.outbox.finish(entry, EXPIRY)
            await uow.commit()

    with pytest.raises(LeaseLostError):
        await record_late()
    async with storage.reading() as uow:
        assert await unclaimed(uow) == {}


async def test_attempts_count_at_the_claim_so_that_a_crash_counts(storage: Storage) -> None:
    await enqueue(storage)
    await claim(storage)
    assert await reap(storage, EXPIRY) == 1
    (entry,) = await claim(storage, now=EXPIRY)
    assert (entry.attempts, entry.last_error) == (2, "the worker was lost")


async def test_the_reaper_leaves_leases_that_still_hold(storage: Storage) -> None:
    await enqueue(storage)
    await claim(storage)
    assert await reap(storage, EXPIRY - SECOND) == 0
    assert (await only_entry(storage)).state == "leased"


async def test_what_a_dead_worker_held_is_free_at_once_and_nothing_else(storage: Storage) -> None:
    await enqueue(storage, lane="smtp")
    await enqueue(storage, lane="triage", trace_id="trace-2")
    await claim(storage, "smtp", worker="dead")
    await claim(storage, "triage", worker="alive")
    async with storage.unit_of_work() as uow:
        assert sorted(await uow.outbox.lessees()) == ["alive", "dead"]
        await uow.outbox.free("dead")
        assert await uow.outbox.lessees() == ["alive"]
        await uow.commit()
    assert len(await claim(storage, "smtp")) == 1
    assert await claim(storage, "triage") == []


@pytest.mark.parametrize(("counts", "attempts"), [(True, 2), (False, 1)])
async def test_a_postponed_attempt_counts_unless_the_other_side_asked_for_it(
    storage: Storage, *, counts: bool, attempts: int
) -> None:
    await enqueue(storage)
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.postpone(
            entry, now=NOW, due_at=NOW + SECOND, error="asked to wait 1 s", counts=counts
        )
        await uow.commit()
    assert await claim(storage, now=NOW) == []
    (again,) = await claim(storage, now=NOW + SECOND)
    assert (again.attempts, again.last_error) == (attempts, "asked to wait 1 s")


async def test_a_dead_letter_is_listed_until_it_is_driven_again(storage: Storage) -> None:
    entry_id = await enqueue(storage)
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.bury(entry, now=NOW, error="550 no such user")
        await uow.commit()
    async with storage.unit_of_work() as uow:
        (dead,) = await uow.outbox.dead(limit=10)
        assert (dead.id, dead.last_error, dead.done_at) == (entry_id, "550 no such user", NOW)
        assert await uow.outbox.redrive(entry_id, now=NOW + SECOND) == "trace-1"
        assert await uow.outbox.redrive(entry_id, now=NOW + SECOND) is None
        assert await uow.outbox.dead(limit=10) == []
        await uow.commit()
    (again,) = await claim(storage, now=NOW + SECOND)
    assert again.attempts == 2, "an earlier attempt may have come through"
    assert (again.id, again.done_at) == (entry_id, None)


async def test_only_dead_letters_are_driven_again(storage: Storage) -> None:
    entry_id = await enqueue(storage)
    async with storage.unit_of_work() as uow:
        assert await uow.outbox.redrive(entry_id, now=NOW) is None
        assert await uow.outbox.redrive(entry_id + 1, now=NOW) is None


async def test_the_newest_dead_letters_come_first(storage: Storage) -> None:
    ids = [await enqueue(storage) for _ in range(3)]
    entries = await claim(storage)
    async with storage.unit_of_work() as uow:
        for entry in entries:
            await uow.outbox.bury(entry, now=NOW, error="refused")
        assert [dead.id for dead in await uow.outbox.dead(limit=2)] == [ids[2], ids[1]]


async def test_counts_leave_out_what_is_done(storage: Storage) -> None:
    for _ in range(4):
        await enqueue(storage)
    done, dead, _ = await claim(storage, limit=3)
    async with storage.unit_of_work() as uow:
        await uow.outbox.finish(done, NOW)
        await uow.outbox.bury(dead, now=NOW, error="refused")
        assert await uow.outbox.counts() == {"ready": 1, "leased": 1, "dead": 1}
