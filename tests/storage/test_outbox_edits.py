"""Edits of one card that still wait become one, and that one shows the newest state."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.storage.samples import LEASE, NOW, SECOND, claim

if TYPE_CHECKING:
    from storage.unit_of_work import Storage, UnitOfWork

LANE = "slack.edit:C0BILLING"


async def edit(uow: UnitOfWork, **changes: Any) -> None:
    values: dict[str, Any] = {
        "lane": LANE,
        "ordering_key": "ticket:1042",
        "payload": {},
        "trace_id": "trace-1",
        "now": NOW,
    }
    await uow.outbox.enqueue_once_ready(changes.pop("kind", "slack.update_card"), **values | changes)


async def edit_and_commit(storage: Storage, **changes: Any) -> None:
    async with storage.unit_of_work() as uow:
        await edit(uow, **changes)
        await uow.commit()


async def waiting(storage: Storage) -> int:
    async with storage.reading() as uow:
        return (await uow.outbox.counts(NOW)).get("ready", 0)


async def test_an_edit_that_waits_takes_in_the_next(storage: Storage) -> None:
    await edit_and_commit(storage)
    await edit_and_commit(storage)
    assert await waiting(storage) == 1


async def test_an_edit_that_runs_does_not_show_what_comes_now(storage: Storage) -> None:
    await edit_and_commit(storage)
    await claim(storage, LANE)
    await edit_and_commit(storage)
    assert await waiting(storage) == 1


@pytest.mark.parametrize(
    "difference",
    [{"ordering_key": "ticket:1043"}, {"kind": "slack.retire_card"}, {"lane": "slack.edit:C0TECH"}],
    ids=lambda difference: next(iter(difference)),
)
async def test_different_edits_stay_apart(storage: Storage, difference: dict[str, str]) -> None:
    await edit_and_commit(storage)
    await edit_and_commit(storage, **difference)
    assert await waiting(storage) == 2


@pytest.mark.postgres
class TestOnPostgres:
    """Where transactions run side by side."""

    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url

    async def test_a_worker_leaves_an_edit_that_is_just_being_joined(self, storage: Storage) -> None:
        """It would show the state before the commit, and no later edit would follow."""
        await edit_and_commit(storage)
        async with storage.unit_of_work() as uow:
            await edit(uow)
            assert await claim(storage, LANE) == []
            await uow.commit()
        assert len(await claim(storage, LANE)) == 1

    async def test_the_worker_that_left_it_is_woken_for_it(self, storage: Storage) -> None:
        await edit_and_commit(storage)
        await storage.wakeup.wait(0)  # that of the first edit
        await edit_and_commit(storage)
        async with asyncio.timeout(5):
            await storage.wakeup.wait(3600)

    async def test_an_edit_behind_a_claim_that_is_just_made_becomes_one_of_its_own(
        self, storage: Storage
    ) -> None:
        await edit_and_commit(storage)
        async with storage.unit_of_work() as worker:
            (running,) = await worker.outbox.claim(LANE, limit=1, worker="w", now=NOW, lease=LEASE)
            late = asyncio.create_task(edit_and_commit(storage))
            await _somebody_waits_for_a_lock(storage)
            await worker.commit()
        await late
        async with storage.unit_of_work() as uow:
            await uow.outbox.finish(running, NOW)
            await uow.commit()
        assert len(await claim(storage, LANE, now=NOW + SECOND)) == 1


async def _somebody_waits_for_a_lock(storage: Storage) -> None:
    async with asyncio.timeout(5), storage.database.connection(read_only=True) as connection:
        while not await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await asyncio.sleep(0.005)
