"""One writer at a time, threads and tasks alike, in the order of asking."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from storage.write_gate import WriteGate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Writers:
    """Tasks and threads that want to write, and the order in which they could."""

    def __init__(self) -> None:
        self.gate = WriteGate()
        self.order: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._threads: list[Thread] = []

    async def ask_in_task(self, name: str) -> None:
        self.tasks[name] = asyncio.create_task(self._write_in_task(name))
        await asyncio.sleep(0)

    async def ask_in_thread(self, name: str) -> None:
        before = self._waiting()
        thread = Thread(target=self._write_in_thread, args=(name,), daemon=True)
        self._threads.append(thread)
        thread.start()
        while self._waiting() == before:
            await asyncio.sleep(0)

    def _waiting(self) -> int:
        return len(self.gate._waiting)  # noqa: SLF001 - nothing else tells that a thread has asked

    async def _write_in_task(self, name: str) -> None:
        async with self.gate.held_async():
            self.order.append(name)

    def _write_in_thread(self, name: str) -> None:
        with self.gate.held():
            self.order.append(name)

    async def all_ended(self) -> None:
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in self._threads))


@pytest.fixture
async def writers() -> AsyncIterator[Writers]:
    writers = Writers()
    yield writers
    async with asyncio.timeout(5), writers.gate.held_async():
        pass  # whatever happened, the gate is free in the end


async def test_tasks_and_threads_write_in_the_order_of_asking(writers: Writers) -> None:
    async with writers.gate.held_async():
        await writers.ask_in_task("a")
        await writers.ask_in_thread("b")
        await writers.ask_in_task("c")
        await writers.ask_in_thread("d")
        assert writers.order == []
    await writers.all_ended()
    assert writers.order == ["a", "b", "c", "d"]


async def test_who_is_cancelled_while_waiting_is_passed_over(writers: Writers) -> None:
    async with writers.gate.held_async():
        await writers.ask_in_task("a")
        await writers.ask_in_thread("b")
        writers.tasks["a"].cancel()
        await asyncio.sleep(0)
    await writers.all_ended()
    assert writers.order == ["b"]


async def test_who_is_cancelled_when_the_turn_has_just_come_passes_it_on(writers: Writers) -> None:
    async with writers.gate.held_async():
        await writers.ask_in_task("a")
        await writers.ask_in_thread("b")
    writers.tasks["a"].cancel()  # it has the turn and does not know it yet
    await writers.all_ended()
    assert writers.order == ["b"]


async def test_an_error_of_the_writer_passes_the_turn_on(writers: Writers) -> None:
    async def fail() -> None:
        async with writers.gate.held_async():
            await writers.ask_in_thread("a")
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await fail()
    await writers.all_ended()
    assert writers.order == ["a"]


async def test_nobody_is_inside_together(writers: Writers) -> None:
    inside, crowds = 0, 0

    def enter() -> None:
        nonlocal inside, crowds
        inside += 1
        crowds += inside > 1

    def leave() -> None:
        nonlocal inside
        inside -= 1

    def write_in_thread() -> None:
        for _ in range(200):
            with writers.gate.held():
                enter()
                leave()

    async def write_in_task() -> None:
        for _ in range(200):
            async with writers.gate.held_async():
                enter()
                await asyncio.sleep(0)
                leave()

    await asyncio.gather(asyncio.to_thread(write_in_thread), write_in_task(), write_in_task())
    assert crowds == 0
