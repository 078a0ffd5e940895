from __future__ import annotations

from typing import TYPE_CHECKING

from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


async def test_hits_are_counted_by_rule_from_a_moment_on(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.rule_hits.add(["gold", "money"], trace_id="trace-1", now=NOW - SECOND)
        await uow.rule_hits.add(["gold", "money"], trace_id="trace-2", now=NOW)
        await uow.rule_hits.add(["money"], trace_id="trace-3", now=NOW)
        await uow.rule_hits.add([], trace_id="trace-4", now=NOW)
        await uow.commit()
    async with storage.reading() as uow:
        assert await uow.rule_hits.counts_since(["gold", "money", "abuse"], NOW) == {"gold": 1, "money": 2}
        assert await uow.rule_hits.counts_since(["gold"], NOW - SECOND) == {"gold": 2}
        assert await uow.rule_hits.counts_since([], NOW) == {}


async def test_a_rule_hits_a_mail_once(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.rule_hits.add(["gold", "gold"], trace_id="trace-1", now=NOW)
        await uow.rule_hits.add(["gold"], trace_id="trace-1", now=NOW)
        assert await uow.rule_hits.counts_since(["gold"], NOW) == {"gold": 1}
