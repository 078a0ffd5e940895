"""The contract of a Transport, kept by all of them against the real servers."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot import adapters
from bot.errors import TransientError
from storage.hints import Hint
from storage.unit_of_work import Storage
from tests import brokers, desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.integrations.interfaces import Delivery, Transport
    from tests.brokers import Broker
    from tests.servers import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

keeping = pytest.mark.parametrize("broker", ["rabbitmq", "sqs", "kafka"], indirect=True)
"""PostgreSQL keeps no hint: a worker that was not there looks into the outbox."""

_PATIENCE_SECONDS = 40

Batches = "AsyncGenerator[Sequence[Delivery], None]"


@pytest.fixture(scope="module", params=["postgres", "rabbitmq", "sqs", "kafka"])
def broker(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[Broker]:
    with brokers.running(request.param, postgres_server) as broker:
        yield broker


@pytest.fixture
async def made(
    broker: Broker, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[Transport]]:
    """Two transports, as two processes have them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    storage = Storage(postgres_server.url())
    transports = [adapters.transport(desk.bare_settings(queue_url=broker.url), storage) for _ in range(2)]
    yield transports
    for transport in transports:
        await transport.close()
    await storage.database.close()


@pytest.fixture
def here(made: list[Transport]) -> Transport:
    return made[0]


@pytest.fixture
def there(made: list[Transport]) -> Transport:
    return made[1]


@asynccontextmanager
async def receiving(transport: Transport) -> AsyncIterator[Batches]:
    async with aclosing(transport.receive()) as batches:
        assert await anext(batches) == [], "somebody listens now"
        yield batches


async def take(batches: Batches, count: int) -> list[Delivery]:
    """Wait until so many have come."""
    taken: list[Delivery] = []
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while len(taken) < count:
            taken += await anext(batches)
    return taken


def hints(*ids: int) -> list[Hint]:
    return [Hint(number, "slack.post:C0BILLING", f"ticket:{number % 3}") for number in ids]


async def test_what_is_published_here_arrives_there_once(here: Transport, there: Transport) -> None:
    published = [*hints(*range(1, 26)), Hint(26, "triage", None)]
    async with receiving(there) as batches:
        await here.publish(published)
        arrived = await take(batches, len(published))
        assert sorted(one.hint.entry_id for one in arrived) == list(range(1, 27))
        assert {one.hint for one in arrived} == set(published)
        await there.acknowledge(arrived)


async def test_what_is_acknowledged_does_not_come_again(here: Transport, there: Transport) -> None:
    """Also when it is acknowledged in another order than it came in."""
    async with receiving(there) as batches:
        await here.publish(hints(31, 32, 33))
        arrived = await take(batches, 3)
        for one in reversed(arrived):
            await there.acknowledge([one])
    async with receiving(here) as batches:
        await there.publish(hints(34))
        (one,) = await take(batches, 1)
        assert one.hint.entry_id == 34
        await here.acknowledge([one])


@keeping
async def test_what_a_lost_worker_had_comes_to_another(here: Transport, there: Transport) -> None:
    async with receiving(there) as batches:
        await here.publish(hints(41, 42))
        arrived = await take(batches, 2)
        kept = next(one for one in arrived if one.hint.entry_id == 41)
        await there.acknowledge([one for one in arrived if one is not kept])
        await there.give_back([kept])
    async with receiving(here) as batches:
        (again,) = await take(batches, 1)
        assert again.hint == kept.hint
        await here.acknowledge([again])


async def test_what_is_no_hint_stops_nothing(here: Transport, there: Transport) -> None:
    """It goes to the dead letters of those who keep any."""
    nonsense = Hint("what?", "triage", None)  # type: ignore[arg-type] # on purpose
    async with receiving(there) as batches:
        await here.publish([nonsense, *hints(51)])
        (one,) = await take(batches, 1)
        assert one.hint.entry_id == 51
        await there.acknowledge([one])
    sound = {"answers"} | {f"answers, {about}0 hints wait, 1 are dead letters" for about in ("", "about ")}
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await there.check() not in sound:  # a broker moves dead letters in its own time
            await asyncio.sleep(0.05)


@keeping
async def test_a_hint_that_is_given_back_again_and_again_is_a_dead_letter(
    here: Transport, there: Transport
) -> None:
    before = await dead_letters(here)
    await here.publish(hints(61))
    async with receiving(there) as batches, asyncio.timeout(_PATIENCE_SECONDS):
        while await dead_letters(here) == before:
            await there.give_back(await anext(batches))


async def dead_letters(transport: Transport) -> str:
    """How many it says there are."""
    return (await transport.check()).rpartition(", ")[2]


async def test_a_server_that_is_lost_and_comes_back_empty_is_found_again(
    broker: Broker, here: Transport, there: Transport
) -> None:
    async with receiving(there) as batches:
        await here.publish(hints(71))
        await there.acknowledge(await take(batches, 1))
        broker.kill()
        with pytest.raises(TransientError):
            await here.publish(hints(72))
        with pytest.raises(TransientError):
            await take(batches, 1)
    broker.start()
    async with receiving(there) as batches:
        await here.publish(hints(73))
        arrived = await take(batches, 1)
        assert 73 in {one.hint.entry_id for one in arrived}
        await there.acknowledge(arrived)
