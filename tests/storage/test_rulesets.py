from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


async def test_a_rule_set_is_kept_once_and_stays_what_it_was(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.rulesets.remember("abc", '{"rules":[]}', now=NOW)
        await uow.rulesets.remember("abc", "something else", now=NOW + SECOND)
        await uow.commit()
    async with storage.reading() as uow:
        assert await uow.rulesets.get("abc") == '{"rules":[]}'
        assert await uow.rulesets.get("unknown") is None


async def test_what_is_rolled_back_is_not_kept(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.rulesets.remember("abc", "{}", now=NOW)
    async with storage.unit_of_work() as uow:
        assert await uow.rulesets.get("abc") is None
        await uow.rulesets.remember("abc", "{}", now=NOW)
        await uow.commit()
    async with storage.reading() as uow:
        assert await uow.rulesets.get("abc") == "{}"


async def test_two_workers_may_remember_the_same_rule_set_at_once(storage: Storage) -> None:
    async def remember() -> None:
        async with storage.unit_of_work() as uow:
            await uow.rulesets.remember("abc", "{}", now=NOW)
            await uow.commit()

    await asyncio.gather(*(remember() for _ in range(5)))
    async with storage.reading() as uow:
        assert await uow.rulesets.get("abc") == "{}"
