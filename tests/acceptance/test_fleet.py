"""What several processes on one PostgreSQL do together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.clock import utc_now
from tests.acceptance.fleet import Fleet
from tests.acceptance.seen import cards, drained
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.storage.databases import PostgresDatabases

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

TO_TECH = ("then: {queue: billing, intent: billing, confidence: 0.9}", "then: {queue: tech, intent: bug}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The configuration of all of them."""
    file = tmp_path / "support.yaml"
    file.write_text(SUPPORT_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    return file


@pytest.fixture
async def fleet(
    sandbox: Sandbox, tmp_path: Path, postgres_databases: PostgresDatabases, file: Path
) -> AsyncIterator[Fleet]:
    database_url = await asyncio.to_thread(postgres_databases.migrated)
    fleet = Fleet(sandbox, tmp_path, database_url=database_url, DESKBELL_CONFIG=str(file))
    yield fleet
    await fleet.close()


def edit(file: Path) -> None:
    """Billing goes to another queue."""
    file.write_text(file.read_text(encoding="utf-8").replace(*TO_TECH), encoding="utf-8")


async def test_new_rules_of_one_are_those_of_all(fleet: Fleet, file: Path) -> None:
    web, worker = await fleet.add("web"), await fleet.add("worker")
    desk = fleet.desk(web)
    await asyncio.to_thread(edit, file)
    web.hang_up()
    async with asyncio.timeout(20):
        while '"event":"reloaded"' not in worker.log:
            await asyncio.sleep(0.02)
    assert (await desk.deliver()).status_code == 200
    await drained(desk)
    (card,) = cards(desk, "DB-1001")
    assert card["channel"] == "C0TECH"
    assert web.log.count('"event":"reloaded"') == 1, "it does not hear itself"


async def test_deliveries_of_one_mail_by_two_processes_to_two_workers_are_one_ticket(fleet: Fleet) -> None:
    webs = [await fleet.add("web"), await fleet.add("web")]
    await asyncio.gather(fleet.add("worker"), fleet.add("worker"))
    desks = [fleet.desk(web) for web in webs]
    answers = await asyncio.gather(
        *(
            desk.deliver(id=f"mail-{pair}-{number}", messageId=f"<{pair}@customer.example>", text=f"{pair}?")
            for pair in range(5)
            for number, desk in enumerate(desks)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    await drained(desks[0])
    async with fleet.storage.reading() as uow:
        assert sum(queue.unclaimed for queue in (await uow.tickets.health_by_queue(utc_now())).values()) == 5
    assert len(desks[0].inbox()) == 5


async def test_one_mail_of_a_customer_is_decided_at_a_time(fleet: Fleet) -> None:
    """Whichever workers have them: else two deliveries of one mail could both find no ticket yet."""
    desk = fleet.desk(await fleet.add("web"))
    await fleet.add("worker")
    async with fleet.storage.unit_of_work() as another_worker:
        await another_worker.one_at_a_time("mail:acme:maria@customer.example")
        assert (await desk.deliver()).status_code == 200
        async with asyncio.timeout(30):
            while not await waits(fleet):
                await asyncio.sleep(0.02)
        assert cards(desk, "DB-1001") == []
    await drained(desk)
    assert len(cards(desk, "DB-1001")) == 1


async def waits(fleet: Fleet) -> bool:
    """Whether somebody waits for such a lock."""
    async with fleet.storage.database.connection(read_only=True) as connection:
        count = await connection.scalar(
            text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        )
    return bool(count)
