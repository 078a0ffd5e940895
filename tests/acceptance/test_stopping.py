"""SIGTERM under load: not ready, deaf, done. Others go on, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from blocks.ids import Action
from bot.clock import utc_now
from bot.effects import Kind
from tests.acceptance.fleet import Fleet
from tests.acceptance.seen import cards, drained, eventually
from tests.desk import ANA, payload, signed
from tests.storage.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.acceptance.fleet import Member
    from tests.desk import Desk
    from tests.storage.databases import PostgresDatabases

    AddFleet = Callable[[str], Fleet]

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

PROMISED_SECONDS = 25
SLOW = timedelta(seconds=4)
"""Longer than a process that is not ready any more goes on accepting."""
HANGING = timedelta(seconds=50)


@pytest.fixture
async def fleet(
    sandbox: Sandbox, tmp_path: Path, postgres_databases: PostgresDatabases
) -> AsyncIterator[Fleet]:
    fleet = Fleet(sandbox, tmp_path, database_url=await asyncio.to_thread(postgres_databases.migrated))
    yield fleet
    await fleet.close()


@pytest.fixture
async def alone(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Fleet]:
    """One that is to have only one member, on SQLite."""
    databases = await asyncio.to_thread(SqliteDatabases, tmp_path)
    fleet = Fleet(sandbox, tmp_path, database_url=databases.migrated())
    yield fleet
    await fleet.close()


def mail(number: int) -> dict[str, Any]:
    return payload(
        **{
            "id": f"mail-{number}",
            "messageId": f"<{number}@customer.example>",
            "from": f"customer-{number}@customer.example",
            "subject": f"Invoice {number}",
        }
    )


async def deliver(members: list[Member], number: int) -> None:
    """As a provider does it behind a load balancer: whoever does not take it, another one does."""
    body = json.dumps(mail(number)).encode()
    for attempt in range(1000):
        member = members[(number + attempt) % len(members)]
        try:
            answer = await member.http.post("/webhooks/mailparse", content=body, headers=signed(body))
        except httpx.TransportError:
            await asyncio.sleep(0.02)
            continue
        assert answer.status_code == 200
        return


async def stopped(member: Member) -> float:
    """End a process by SIGTERM; gives how long it took."""
    began = monotonic()
    member.terminate()
    async with asyncio.timeout(10):
        while (answer := await member.http.get("/readyz")).status_code != 503:
            await asyncio.sleep(0.01)
    assert answer.json()["checks"]["process"] == "stopping", "it answers, and wants no more"
    assert await member.ended() == 0
    return monotonic() - began


def everybody_was_answered_once(desk: Desk, count: int) -> None:
    posted = [message["text"] for message in desk.sandbox.slack.workspace.store.all("message")]
    assert Counter(text.split(" · ")[1] for text in posted) == Counter(
        mail(n)["subject"] for n in range(count)
    )
    assert Counter(found["to"] for found in desk.inbox()) == Counter(mail(n)["from"] for n in range(count))


async def test_one_of_two_ends_under_load_and_the_others_go_on(fleet: Fleet) -> None:
    webs = [await fleet.add("web"), await fleet.add("web")]
    workers = [await fleet.add("worker"), await fleet.add("worker")]
    desk = fleet.desk(webs[0])
    loading = asyncio.gather(*(later(number * 0.1, deliver(webs, number)) for number in range(20)))
    await asyncio.sleep(0.5)
    took = await asyncio.gather(stopped(webs[1]), stopped(workers[1]))
    assert max(took) < PROMISED_SECONDS
    await loading
    await drained(desk)
    everybody_was_answered_once(desk, 20)


async def later(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    await asyncio.sleep(seconds)
    await work


async def until_posting(desk: Desk) -> None:
    """Deliver a mail, and wait until its card is on the way to a Slack that does not answer yet."""
    answer = await desk.deliver(mail(0))
    async with asyncio.timeout(20):
        while not await is_posting(desk, answer.json()["trace_id"]):
            await asyncio.sleep(0.01)


async def is_posting(desk: Desk, trace_id: str) -> bool:
    async with desk.storage.reading() as uow:
        entries = await uow.outbox.for_trace(trace_id)
    return [entry.state for entry in entries if entry.kind == Kind.POST_CARD] == ["leased"]


async def test_an_effect_that_has_begun_is_finished_first(alone: Fleet) -> None:
    member = await alone.add("run")
    desk = alone.desk(member)
    desk.sandbox.fail_next("chat.postMessage", delay=SLOW)
    await until_posting(desk)
    assert await stopped(member) < PROMISED_SECONDS
    async with desk.storage.reading() as uow:
        assert "leased" not in await uow.outbox.counts(utc_now())
    assert len(desk.sandbox.slack.workspace.store.all("message")) == 1


async def test_an_effect_that_hangs_is_left_to_the_next(alone: Fleet) -> None:
    member = await alone.add("run")
    desk = alone.desk(member)
    desk.sandbox.fail_next("chat.postMessage", delay=HANGING)
    await until_posting(desk)
    assert await stopped(member) < PROMISED_SECONDS
    async with desk.storage.reading() as uow:
        assert "leased" not in await uow.outbox.counts(utc_now()), "nobody waits for a lease to run out"
        assert await uow.outbox.due_lanes(utc_now()) != []


async def test_what_was_pressed_is_done_to_the_end(alone: Fleet) -> None:
    """Slack has its receipt, and will not tell it again."""
    member = await alone.add("run")
    desk = alone.desk(member)
    await desk.deliver(mail(0))
    (card,) = await eventually(lambda: cards(desk, "DB-1001"))
    # Longer than the process goes on accepting, and shorter than Slack lets a window be opened.
    desk.sandbox.fail_next("views.open", delay=timedelta(seconds=2.5))
    await desk.press(ANA, card, Action.ESCALATE)
    assert await stopped(member) < PROMISED_SECONDS
    view = desk.modal(ANA)
    assert view is not None
    assert view.get("callback_id"), "its content came after the window itself"


async def test_one_that_waits_for_its_database_can_be_stopped(sandbox: Sandbox, tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    fleet = Fleet(sandbox, tmp_path, database_url=f"postgresql+asyncpg://x@127.0.0.1:{port}/x")
    starting = asyncio.create_task(fleet.add("worker"))
    await asked.wait()
    starting.cancel()
    await asyncio.wait({starting})
    (member,) = fleet.members
    member.terminate()
    assert await member.ended() == 0
    await fleet.close()
    server.close()
    await server.wait_closed()
