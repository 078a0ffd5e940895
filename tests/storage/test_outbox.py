"""Entries come out in order, once, to one worker at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.storage.samples import LEASE, NOW, SECOND, claim, enqueue

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


async def claimed_ids(storage: Storage, lane: str = "smtp", **how: object) -> list[int]:
    return [entry.id for entry in await claim(storage, lane, **how)]  # type: ignore[arg-type]


async def test_an_entry_comes_out_as_it_went_in(storage: Storage) -> None:
    entry_id = await enqueue(
        storage, "email.reply", payload={"ticket_id": 1042, "note": "é"}, ordering_key="ticket:1042"
    )
    (entry,) = await claim(storage)
    assert (entry.id, entry.kind, entry.lane, entry.trace_id) == (entry_id, "email.reply", "smtp", "trace-1")
    assert entry.payload == {"ticket_id": 1042, "note": "é"}
    assert (entry.state, entry.leased_by, entry.attempts) == ("leased", "worker-1", 1)
    assert (entry.due_at, entry.created_at, entry.done_at) == (NOW, NOW, None)


async def test_the_longest_due_comes_first(storage: Storage) -> None:
    late = await enqueue(storage, due_at=NOW - SECOND)
    first = await enqueue(storage, due_at=NOW - 3 * SECOND)
    second = await enqueue(storage, due_at=NOW - 3 * SECOND)
    assert await claimed_ids(storage, limit=2) == [first, second]
    assert await claimed_ids(storage) == [late]


async def test_what_is_not_due_stays(storage: Storage) -> None:
    timer = await enqueue(storage, due_at=NOW + SECOND)
    assert await claimed_ids(storage) == []
    assert await claimed_ids(storage, now=NOW + SECOND) == [timer]


async def test_what_is_claimed_is_not_claimed_again(storage: Storage) -> None:
    await enqueue(storage)
    assert len(await claim(storage)) == 1
    assert await claim(storage, worker="worker-2") == []


async def test_a_claim_takes_of_its_lane_only(storage: Storage) -> None:
    mail = await enqueue(storage, lane="smtp")
    card = await enqueue(storage, lane="slack.post:C0BILLING")
    assert await claimed_ids(storage, "smtp") == [mail]
    assert await claimed_ids(storage, "slack.post:C0BILLING") == [card]


async def test_an_ordering_key_yields_one_at_a_time_in_order(storage: Storage) -> None:
    first = await enqueue(storage, ordering_key="ticket:1", due_at=NOW)
    second = await enqueue(storage, ordering_key="ticket:1", due_at=NOW - SECOND)
    other = await enqueue(storage, ordering_key="ticket:2")
    claimed = await claim(storage)
    assert [entry.id for entry in claimed] == [first, other]
    async with storage.unit_of_work() as uow:
        await uow.outbox.finish(claimed[0], NOW)
        await uow.commit()
    assert await claimed_ids(storage) == [second]


async def test_a_postponed_entry_holds_back_the_later_ones_of_its_key(storage: Storage) -> None:
    await enqueue(storage, ordering_key="ticket:1")
    await enqueue(storage, ordering_key="ticket:1")
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.postpone(entry, now=NOW, due_at=NOW + SECOND, error="busy")
        await uow.commit()
    assert await claimed_ids(storage) == []
    assert await claimed_ids(storage, now=NOW + SECOND) == [entry.id]


async def test_a_dead_letter_lets_the_later_ones_of_its_key_go(storage: Storage) -> None:
    await enqueue(storage, ordering_key="ticket:1")
    later = await enqueue(storage, ordering_key="ticket:1")
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.bury(entry, now=NOW, error="refused")
        await uow.commit()
    assert await claimed_ids(storage) == [later]


async def test_a_redriven_entry_waits_for_a_later_one_of_its_key_that_runs(storage: Storage) -> None:
    await enqueue(storage, ordering_key="ticket:1")
    await enqueue(storage, ordering_key="ticket:1")
    (old,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.bury(old, now=NOW, error="refused")
        await uow.commit()
    (running,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.redrive(old.id, now=NOW)
        await uow.commit()
    assert await claimed_ids(storage) == []
    async with storage.unit_of_work() as uow:
        await uow.outbox.finish(running, NOW)
        await uow.commit()
    assert await claimed_ids(storage) == [old.id]


async def test_keys_of_different_lanes_do_not_wait_for_each_other(storage: Storage) -> None:
    await enqueue(storage, lane="smtp", ordering_key="ticket:1")
    card = await enqueue(storage, lane="slack.edit:C0BILLING", ordering_key="ticket:1")
    assert await claimed_ids(storage, "slack.edit:C0BILLING") == [card]


async def test_racing_workers_share_the_entries_between_them(storage: Storage) -> None:
    entries = {await enqueue(storage) for _ in range(12)}
    claims = await asyncio.gather(*(claimed_ids(storage, worker=f"worker-{n}", limit=4) for n in range(4)))
    taken = [entry_id for one in claims for entry_id in one]
    # PostgreSQL steps over what another one is just taking, so that a claim may come home with less.
    assert len(taken) == len(set(taken))
    assert set(taken) | set(await claimed_ids(storage, limit=12)) == entries


async def test_a_claim_keeps_its_limit_while_the_table_grows(storage: Storage) -> None:
    """PostgreSQL plans by what it last knew of the table; a plan for one row must not take more of many."""
    await enqueue(storage)
    async with storage.database.connection() as connection:
        await connection.exec_driver_sql("ANALYZE outbox")
        await connection.commit()
    for _ in range(5):
        await enqueue(storage)
    assert len(await claim(storage, limit=2)) == 2


async def test_a_dedup_key_is_taken_once_for_ever(storage: Storage) -> None:
    await enqueue(storage, dedup_key="email.acknowledge:1042")
    (entry,) = await claim(storage)
    async with storage.unit_of_work() as uow:
        await uow.outbox.finish(entry, NOW)
        again = await uow.outbox.enqueue(
            "email.acknowledge",
            lane="smtp",
            payload={},
            trace_id="trace-2",
            now=NOW,
            dedup_key="email.acknowledge:1042",
        )
        await uow.commit()
    assert again is None
    assert await claim(storage) == []


async def test_ids_are_never_given_out_twice(storage: Storage) -> None:
    """The acknowledgement's Message-ID is made of the id."""
    first = await enqueue(storage)
    async with storage.database.connection() as connection:
        await connection.exec_driver_sql("DELETE FROM outbox")
        await connection.commit()
    assert await enqueue(storage) > first


async def test_due_lanes_are_those_with_an_entry_to_do(storage: Storage) -> None:
    await enqueue(storage, lane="smtp")
    await enqueue(storage, lane="smtp")
    await enqueue(storage, lane="triage")
    await enqueue(storage, lane="slack.read", due_at=NOW + SECOND)
    await enqueue(storage, lane="slack.edit:C0TECH")
    await claim(storage, "slack.edit:C0TECH")
    async with storage.reading() as uow:
        assert sorted(await uow.outbox.due_lanes(NOW)) == ["smtp", "triage"]


async def test_an_empty_outbox_has_no_lanes_and_nothing_to_wait_for(storage: Storage) -> None:
    async with storage.reading() as uow:
        assert await uow.outbox.due_lanes(NOW) == []
        assert await uow.outbox.next_due_at(NOW) is None
        assert await uow.outbox.counts() == {}


async def test_the_next_time_is_that_of_the_first_timer_or_lost_lease(storage: Storage) -> None:
    await enqueue(storage, lane="triage")
    await enqueue(storage, lane="smtp", due_at=NOW + timedelta(hours=2))
    await enqueue(storage, lane="slack.read", due_at=NOW + timedelta(hours=1))
    async with storage.reading() as uow:
        assert await uow.outbox.next_due_at(NOW) == NOW + timedelta(hours=1)
    await claim(storage, "triage")
    async with storage.reading() as uow:
        assert await uow.outbox.next_due_at(NOW) == NOW + LEASE


@pytest.mark.parametrize("limit", [1, 2])
async def test_the_trace_shows_the_newest_entries_oldest_first(storage: Storage, limit: int) -> None:
    await enqueue(storage, trace_id="other")
    ids = [await enqueue(storage) for _ in range(3)]
    async with storage.reading() as uow:
        assert [entry.id for entry in await uow.outbox.for_trace("trace-1", limit=limit)] == ids[-limit:]


async def test_what_is_hastened_is_due_at_once_and_nothing_else_is(storage: Storage) -> None:
    later = NOW + timedelta(hours=1)
    waiting = await enqueue(storage, ordering_key="escalation:1", due_at=later)
    behind = await enqueue(storage, ordering_key="escalation:1")
    await enqueue(storage, ordering_key="escalation:2", due_at=later)
    await enqueue(storage, ordering_key="escalation:1", lane="triage", due_at=later)
    async with storage.unit_of_work() as uow:
        await uow.outbox.hasten("smtp", "escalation:1", now=NOW)
        await uow.commit()
    assert [entry.id for entry in await claim(storage)] == [waiting], "the order of a key stays"
    async with storage.reading() as uow:
        due = [entry.id for entry in await uow.outbox.for_trace("trace-1") if entry.due_at <= NOW]
    assert due == [waiting, behind]
