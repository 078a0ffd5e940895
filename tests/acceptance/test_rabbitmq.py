"""The whole desk in two processes, with RabbitMQ between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import brokers
from tests.acceptance.fleet import Fleet
from tests.acceptance.seen import cards, drained
from tests.storage.databases import PostgresDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.brokers import Broker
    from tests.servers import PostgresServer

@pytest.fixture(scope="module")
def database_url(postgres_server: PostgresServer) -> str:
    return PostgresDatabases(postgres_server).migrated()

@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with brokers.running("rabbitmq") as broker:
        yield broker

@pytest.fixture
async def fleet(sandbox: Sandbox, tmp_path: Path, database_url: str, broker: Broker) -> AsyncIterator[Fleet]:
    fleet = Fleet(sandbox, tmp_path, database_url=database_url, QUEUE_URL=broker.url)
    yield fleet
    await fleet.close()

async def test_a_mail_becomes_a_card_and_an_acknowledgement(fleet: Fleet) -> None:
    import time
    web, worker = await fleet.add("web"), await fleet.add("worker")
    desk = fleet.desk(web)
    t=time.monotonic()
    assert (await desk.deliver()).status_code == 200
    await drained(desk)
    print("drained", time.monotonic()-t)
    assert (len(cards(desk, "DB-1001")), len(desk.inbox())) == (1, 1)
    print(await worker.checks(), await web.checks())
    web.terminate(); worker.terminate()
    t=time.monotonic()
    assert (await web.ended(), await worker.ended()) == (0, 0)
    print("ended", time.monotonic()-t)
    print(worker.log)
    print(web.log)
