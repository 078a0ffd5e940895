"""What is over is forgotten after its time, and nothing that somebody may still want."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.storage.samples import LEASE, NOW, enqueue

if TYPE_CHECKING:
    from storage.unit_of_work import Storage

LATER = NOW + timedelta(days=31)
CUTOFF = LATER - timedelta(days=30)


async def finished(storage: Storage, how: str) -> int:
    """An entry that came to its end at `NOW`."""
    entry_id = await enqueue(storage, lane=how)
    async with storage.unit_of_work() as uow:
        (entry,) = await uow.outbox.claim(how, limit=1, worker="w", now=NOW, lease=LEASE)
        if how == "done":
            await uow.outbox.finish(entry, NOW)
        else:
            await uow.outbox.bury(entry, now=NOW, error="550")
        if how == "discarded":
            await uow.outbox.discard(entry.id, now=NOW)
        await uow.commit()
    return entry_id


async def left(storage: Storage) -> set[int]:
    async with storage.reading() as uow:
        return {entry.id for entry in await uow.outbox.for_trace("trace-1")}


async def test_done_and_discarded_entries_go_and_waiting_and_dead_ones_stay(storage: Storage) -> None:
    for how in ("done", "discarded"):
        await finished(storage, how)
    kept = {await finished(storage, "dead"), await enqueue(storage, lane="waiting")}
    async with storage.unit_of_work() as uow:
        assert await uow.retention.forget_done(before=NOW, after_id=0, limit=10) is None
        await uow.commit()
    assert len(await left(storage)) == 4, "their time has not come"
    async with storage.unit_of_work() as uow:
        await uow.retention.forget_done(before=CUTOFF, after_id=0, limit=10)
        await uow.commit()
    assert await left(storage) == kept


async def test_it_goes_on_behind_what_it_has_looked_at(storage: Storage) -> None:
    """A pile of dead letters at the front does not stop it."""
    kept = {await finished(storage, "dead") for _ in range(3)}
    await finished(storage, "done")
    async with storage.unit_of_work() as uow:
        after_id: int | None = 0
        rounds = 0
        while after_id is not None:
            after_id = await uow.retention.forget_done(before=CUTOFF, after_id=after_id, limit=2)
            rounds += 1
        await uow.commit()
    assert rounds == 3
    assert await left(storage) == kept


async def test_old_hits_of_every_rule_go_in_batches(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        for day in range(5):
            at = NOW + timedelta(days=day)
            await uow.rule_hits.add(["gold", "money"], trace_id=f"trace-{day}", now=at)
        assert await uow.retention.forget_rule_hits(before=NOW + timedelta(days=3), limit=2)
        assert not await uow.retention.forget_rule_hits(before=NOW + timedelta(days=3), limit=2)
        assert await uow.rule_hits.counts_since(["gold", "money"], NOW) == {"gold": 2, "money": 2}
