"""An outbox worker on a real database, with effects that the tests make up and a clock that they turn."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot import config, effects
from bot.app import create_services
from bot.settings import Settings
from bot.workers.lanes import Lanes
from bot.workers.outbox import OutboxWorker
from tests import desk
from tests.storage.samples import NOW, enqueue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime, timedelta

    from bot.effects import Effect, Record
    from bot.workers.lanes import Pace
    from storage.outbox import OutboxEntry

_PATIENCE_SECONDS = 10


class Gate:
    """An effect that takes until the gate is opened."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self._entered = asyncio.Semaphore(0)
        self._open = asyncio.Event()
        self.inside = 0

    async def __call__(self, entry: OutboxEntry) -> Record:
        self.inside += 1
        self._entered.release()
        await self._open.wait()
        self.inside -= 1
        return await self._effect(entry)

    async def entered(self) -> None:
        """Wait until one more has come in."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._entered.acquire()

    def open(self) -> None:
        self._open.set()


class Workshop:
    """What a worker needs, and ways to see what it did."""

    def __init__(self, database_url: str) -> None:
        self.now = NOW
        self.services = create_services(
            Settings(
                _env_file=None,
                slack_bot_token=desk.BOT_TOKEN,
                slack_signing_secret=desk.SIGNING_SECRET,
                database_url=database_url,
                smtp_host="127.0.0.1",
                deskbell_secret_key=desk.SECRET_KEY,
            ),
            config.load(desk.SUPPORT_YAML),
            clock=self._clock,
        )
        self.storage = self.services.storage
        self.done: list[int] = []
        """Ids of the entries that were performed, in order."""
        self._gates: list[Gate] = []
        self.performers: dict[str, Effect] = {"test.do": self.do, effects.Kind.NOTIFY_OPERATORS: self.do}

    def _clock(self) -> datetime:
        return self.now

    async def do(self, entry: OutboxEntry) -> Record:
        """An effect that works."""
        self.done.append(entry.id)
        return effects.nothing

    def failing(self, *errors: Exception) -> Effect:
        """An effect that fails with each of these in turn, and works then."""
        rest = list(errors)

        async def perform(entry: OutboxEntry) -> Record:
            if rest:
                raise rest.pop(0)
            return await self.do(entry)

        return perform

    def gate(self, kind: str) -> Gate:
        """Make an effect hang; in the end, if not before, the gate is opened."""
        gate = self.performers[kind] = Gate(self.do)
        self._gates.append(gate)
        return gate

    def perform(self, kind: str, effect: Effect) -> None:
        self.performers[kind] = effect

    async def enqueue(self, kind: str = "test.do", **changes: object) -> int:
        return await enqueue(self.storage, kind, **changes)

    @asynccontextmanager
    async def working(self, paces: Mapping[str, Pace] = desk.AT_ONCE) -> AsyncIterator[OutboxWorker]:
        """A worker that runs, and stops in the end."""
        worker = OutboxWorker(self.services, self.performers, Lanes(dict(paces)))
        task = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()
            for gate in self._gates:
                gate.open()
            await task

    def pass_time(self, passed: timedelta) -> None:
        """Turn the clock; the worker looks at it when it is woken."""
        self.now += passed
        self.storage.wakeup.set()

    async def entry(self, entry_id: int) -> OutboxEntry:
        (entry,) = [entry for entry in await self.entries() if entry.id == entry_id]
        return entry

    async def entries(self) -> list[OutboxEntry]:
        async with self.storage.reading() as uow:
            return await uow.outbox.for_trace("trace-1")

    async def until(self, entry_id: int, state: str, *, attempts: int = 1) -> OutboxEntry:
        """Wait until an entry is in a state, after so many attempts."""
        return await self.when(entry_id, lambda entry: (entry.state, entry.attempts) == (state, attempts))

    async def when(self, entry_id: int, is_so: Callable[[OutboxEntry], bool]) -> OutboxEntry:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not is_so(entry := await self.entry(entry_id)):
                await asyncio.sleep(0.005)
        return entry

    async def round(self) -> None:
        """Wait until the worker has looked for work once more: it has done an errand in a lane of its own."""
        await self.until(await self.enqueue(lane="slack.read"), "done")
