"""One process at a time does it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from storage.engine import Database
from storage.exclusive import Exclusive

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.postgres


class Work:
    """It goes on until it is ended."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url)
    yield database
    await database.close()


async def test_the_turn_goes_on_when_its_process_ends(database: Database) -> None:
    first, second = (Exclusive(database, "poll:archive", look_seconds=0.05) for _ in range(2))
    work, waiting = Work(), Work()
    running = asyncio.create_task(first.run(work))
    await work.began.wait()
    other = asyncio.create_task(second.run(waiting))
    async with database.session() as connection:
        del connection  # by now the other one has asked, too
    assert (first.is_held, second.is_held, waiting.began.is_set()) == (True, False, False)
    running.cancel()
    await asyncio.wait({running})
    assert work.ended.is_set()
    async with asyncio.timeout(20):
        await waiting.began.wait()
    assert (first.is_held, second.is_held) == (False, True)
    other.cancel()
    await asyncio.wait({other})


async def test_each_name_has_a_turn_of_its_own(database: Database) -> None:
    works = [Work(), Work()]
    tasks = [
        asyncio.create_task(Exclusive(database, f"poll:{number}").run(work))
        for number, work in enumerate(works)
    ]
    for work in works:
        await work.began.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_on_sqlite_it_is_always_the_turn(sqlite_url: str) -> None:
    database, work = Database(sqlite_url), Work()
    exclusive = Exclusive(database, "poll:archive")
    task = asyncio.create_task(exclusive.run(work))
    await work.began.wait()
    assert exclusive.is_held
    task.cancel()
    await asyncio.wait({task})
    await database.close()
