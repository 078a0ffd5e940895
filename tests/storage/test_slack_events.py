from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


async def is_new(storage: Storage, event_id: str) -> bool:
    async with storage.unit_of_work() as uow:
        new = await uow.slack_events.is_new(event_id, NOW)
        await uow.commit()
    return new


async def test_an_event_is_new_once_also_when_its_copies_race(storage: Storage) -> None:
    answers = await asyncio.gather(*(is_new(storage, "Ev1") for _ in range(3)))
    assert sorted(answers) == [False, False, True]
    assert await is_new(storage, "Ev2")


async def test_an_event_whose_handling_was_rolled_back_is_new_again(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        assert await uow.slack_events.is_new("Ev1", NOW)
    assert await is_new(storage, "Ev1")


async def test_old_events_are_forgotten(storage: Storage) -> None:
    await is_new(storage, "Ev1")
    async with storage.unit_of_work() as uow:
        await uow.slack_events.forget_before(NOW)
        assert not await uow.slack_events.is_new("Ev1", NOW)
        await uow.slack_events.forget_before(NOW + SECOND)
        assert await uow.slack_events.is_new("Ev1", NOW)
