"""What is told, what is heard, and that a transport that is down holds up nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.errors import TransientError
from bot.integrations.interfaces import Delivery
from bot.telemetry import Metrics
from bot.workers.carrying import Announcer, Receiver
from bot.workers.deliveries import Deliveries
from storage.hints import Hint
from storage.wakeup import Wakeup

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence


class Postbox:
    """A transport in memory; while it is down it says so."""

    name = "Postbox"

    def __init__(self) -> None:
        self.is_down = False
        self.published: asyncio.Queue[Hint] = asyncio.Queue()
        self.coming: asyncio.Queue[Delivery | None] = asyncio.Queue()
        self.acknowledged: asyncio.Queue[int] = asyncio.Queue()
        self.given_back: list[int] = []

    async def publish(self, hints: Sequence[Hint]) -> None:
        if self.is_down:
            raise TransientError("nobody there")
        for hint in hints:
            self.published.put_nowait(hint)

    async def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        yield []
        while (delivery := await self.coming.get()) is not None:
            yield [delivery]
        raise TransientError("cut off")

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self.acknowledged.put_nowait(delivery.hint.entry_id)

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        self.given_back += [delivery.hint.entry_id for delivery in deliveries]

    async def check(self) -> str:
        return "answers"

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def hint(entry_id: int) -> Hint:
    return Hint(entry_id, "test", None)


async def test_what_is_left_is_told_before_the_end(postbox: Postbox) -> None:
    announcer = Announcer(postbox, Metrics())
    announcer.announce([hint(number) for number in range(250)])
    announcer.stop()
    await announcer.run()
    assert postbox.published.qsize() == 250


async def test_a_transport_that_is_down_is_shown_and_holds_up_nothing(postbox: Postbox) -> None:
    postbox.is_down = True
    announcer = Announcer(postbox, Metrics())
    announcer.announce([hint(1)])
    running = asyncio.create_task(announcer.run())
    async with asyncio.timeout(5):
        while announcer.status == "ok":
            await asyncio.sleep(0)
    assert announcer.status == "ok (Postbox does not answer: nobody there)"
    postbox.is_down = False
    announcer.announce([hint(2)])
    async with asyncio.timeout(5):
        assert await postbox.published.get() == hint(2), "and the first was found by a look"
    announcer.stop()
    await running
    assert announcer.status == "ok"


async def test_what_is_not_begun_is_given_back_at_the_end(postbox: Postbox) -> None:
    deliveries = Deliveries(Wakeup())
    receiver = Receiver(postbox, deliveries, Metrics())
    running = asyncio.create_task(receiver.run())
    for entry_id in (1, 2):
        postbox.coming.put_nowait(Delivery(hint(entry_id)))
    async with asyncio.timeout(5):
        while len(deliveries.waiting()) < 2:
            await asyncio.sleep(0)
    deliveries.started([1])
    deliveries.ended(1)
    running.cancel()
    await asyncio.wait({running})
    assert [postbox.acknowledged.get_nowait() for _ in range(postbox.acknowledged.qsize())] == [1]
    assert postbox.given_back == [2]
