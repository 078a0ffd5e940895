"""The whole desk in several processes, over each transport between them."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests import brokers
from tests.acceptance.fleet import Fleet
from tests.acceptance.seen import cards, drained

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.acceptance.fleet import Member
    from tests.brokers import Broker
    from tests.desk import Desk
    from tests.servers import PostgresServer
    from tests.storage.databases import PostgresDatabases

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

MAILS = 24
SUBJECTS = ("invoice", "parcel", "timeout", "phishing", "hello")


@pytest.fixture(scope="module", params=["postgres", "rabbitmq", "sqs", "kafka"])
def broker(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[Broker]:
    with brokers.running(request.param, postgres_server) as broker:
        yield broker


@pytest.fixture
async def fleet(
    sandbox: Sandbox, tmp_path: Path, postgres_databases: PostgresDatabases, broker: Broker
) -> AsyncIterator[Fleet]:
    variables = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    if broker.url:
        variables["QUEUE_URL"] = broker.url
    database_url = await asyncio.to_thread(postgres_databases.migrated)
    fleet = Fleet(sandbox, tmp_path, database_url=database_url, **variables)
    yield fleet
    await fleet.close()


async def listens(worker: Member) -> None:
    """Wait until it hears what others tell."""
    async with asyncio.timeout(30):
        while (await worker.checks())["receive"] != "ok":
            await asyncio.sleep(0.05)


def mail(number: int) -> dict[str, Any]:
    return {
        "id": f"mail-{number}",
        "messageId": f"<{number}@customer.example>",
        "from": f"customer-{number}@customer.example",
        "subject": f"{SUBJECTS[number % len(SUBJECTS)]} {number}",
    }


def told(desk: Desk) -> Counter[str]:
    """The subjects of all cards."""
    posted = [message["text"] for message in desk.sandbox.slack.workspace.store.all("message")]
    return Counter(re.sub(r"^DB-\d+ · (.*?) · .*", r"\1", text) for text in posted)


async def _hints(member: Member, direction: str) -> float:
    """How many hints a process has `published` or `received`."""
    metrics = (await member.http.get("/metrics")).text
    found = re.search(rf'deskbell_hints_total\{{direction="{direction}"\}} (\S+)', metrics)
    assert found is not None
    return float(found[1])


async def test_a_mail_that_one_process_takes_in_another_works_on(fleet: Fleet) -> None:
    web, worker = await fleet.add("web"), await fleet.add("worker")
    await listens(worker)
    desk = fleet.desk(web)
    assert (await desk.deliver()).status_code == 200
    await drained(desk)
    assert (len(cards(desk, "DB-1001")), len(desk.inbox())) == (1, 1)
    assert await _hints(web, "published") >= 1
    # The worker may have looked by itself before it was told: then it hears of it a moment later.
    async with asyncio.timeout(30):
        while not await _hints(worker, "received"):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("broker", ["rabbitmq", "sqs", "kafka"], indirect=True)
async def test_a_broker_that_is_lost_under_load_and_comes_back_empty_loses_no_mail(
    fleet: Fleet, broker: Broker
) -> None:
    """Nor does it double one: each has one ticket, one card, one acknowledgement."""
    web, *workers = await fleet.add("web"), await fleet.add("worker"), await fleet.add("worker")
    desk = fleet.desk(web)
    for number in range(MAILS):
        if number == MAILS // 3:
            await asyncio.to_thread(broker.kill)
        if number == MAILS * 2 // 3:
            await asyncio.to_thread(broker.start)
        assert (await desk.deliver(**mail(number))).status_code == 200
    await drained(desk)
    expected = Counter(mail(number)["subject"] for number in range(MAILS))
    assert told(desk) == expected
    assert Counter(found["to"] for found in desk.inbox()) == Counter(mail(n)["from"] for n in range(MAILS))
    for worker in workers:
        await listens(worker)
