"""The process is killed at the worst moments and started again: nothing is lost, nothing is seen twice."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from blocks.ids import Action
from bot.effects import Kind
from tests.acceptance.process import DeskProcess
from tests.acceptance.seen import cards, drained, eventually, words
from tests.desk import ANA

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from storage.outbox import OutboxEntry
    from tests.desk import Desk

SLOW = timedelta(seconds=0.5)
MARIA = "maria@customer.example"


@pytest.fixture
async def process(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[DeskProcess]:
    process = DeskProcess(sandbox, tmp_path)
    await process.start()
    yield process
    await process.close()


async def entry_of(desk: Desk, trace_id: str, kind: Kind) -> OutboxEntry | None:
    async with desk.storage.reading() as uow:
        entries = await uow.outbox.for_trace(trace_id)
    return next((entry for entry in entries if entry.kind == kind), None)


async def until_tried(desk: Desk, trace_id: str, kind: Kind) -> None:
    async with asyncio.timeout(10):
        while (entry := await entry_of(desk, trace_id, kind)) is None or not entry.attempts:
            await asyncio.sleep(0.01)


async def test_killed_after_the_commit_and_before_slack_and_smtp_have_anything(process: DeskProcess) -> None:
    desk = process.desk
    desk.sandbox.smtp_reject(MARIA, "451 4.3.0 try again later")
    desk.sandbox.fail_next("chat.postMessage", status=503, delay=SLOW)
    answer = await desk.deliver()
    assert answer.status_code == 200
    await until_tried(desk, answer.json()["trace_id"], Kind.POST_CARD)
    await process.kill()
    assert (cards(desk, "DB-1001"), desk.inbox()) == ([], [])
    desk.sandbox.smtp_accept(MARIA)
    await process.start()
    await drained(desk)
    assert (len(cards(desk, "DB-1001")), len(desk.inbox())) == (1, 1)


async def test_killed_after_slack_has_posted_and_before_that_is_recorded(process: DeskProcess) -> None:
    """The sandbox posts although its caller has gone, as Slack does."""
    desk = process.desk
    desk.sandbox.fail_next("chat.postMessage", delay=SLOW)
    answer = await desk.deliver()
    await until_tried(desk, answer.json()["trace_id"], Kind.POST_CARD)
    await eventually(desk.inbox)
    await process.kill()
    (card,) = await eventually(lambda: cards(desk, "DB-1001"))
    await process.start()
    await drained(desk)
    assert [found["ts"] for found in cards(desk, "DB-1001")] == [card["ts"]]
    await desk.press(ANA, card, Action.CLAIM)
    await eventually(lambda: "Claimed by <@U0ANA>" in words(desk.card("DB-1001")))


KILLS = 10
MAILS_BEFORE_A_KILL = 3
SUBJECTS = ("invoice", "parcel", "timeout", "phishing", "hello")


def mail(number: int) -> dict[str, Any]:
    return {
        "id": f"mail-{number}",
        "messageId": f"<{number}@customer.example>",
        "from": f"customer-{number}@customer.example",
        "subject": f"{SUBJECTS[number % len(SUBJECTS)]} {number}",
    }


async def deliver_at(desk: Desk, number: int, seconds: float) -> None:
    """Deliver a mail a little later; the process may have been killed by then."""
    await asyncio.sleep(seconds)
    try:
        answer = await desk.deliver(**mail(number))
    except httpx.TransportError:
        return
    assert answer.status_code == 200


@pytest.mark.timeout(120)
async def test_killed_again_and_again_under_load(process: DeskProcess) -> None:
    """Every mail becomes one ticket with one card, and its sender hears of it, under one Message-ID.

    SMTP cannot be asked whether it has a mail already: only where its answer was cut off a mail may go out again.
    """
    desk, numbers = process.desk, range(KILLS * MAILS_BEFORE_A_KILL)
    chance = Random(2)  # noqa: S311 - the same moments at every run
    for kill in range(KILLS):
        these = numbers[kill * MAILS_BEFORE_A_KILL :][:MAILS_BEFORE_A_KILL]
        deliveries = asyncio.gather(*(deliver_at(desk, number, chance.uniform(0, 0.3)) for number in these))
        await asyncio.sleep(chance.uniform(0.1, 0.4))
        await process.kill()
        await deliveries
        await process.start()
    # A provider delivers again what was not answered; here it does so with everything.
    traces = [(await desk.deliver(**mail(number))).json()["trace_id"] for number in numbers]
    await drained(desk)
    posted = [message["text"] for message in desk.sandbox.slack.workspace.store.all("message")]
    assert Counter(re.sub(r"^DB-\d+ · (.*?) · .*", r"\1", text) for text in posted) == Counter(
        mail(number)["subject"] for number in numbers
    )
    for number, trace_id in enumerate(traces):
        ids = [found["message_id"] for found in desk.inbox() if found["to"] == mail(number)["from"]]
        acknowledgement = await entry_of(desk, trace_id, Kind.ACKNOWLEDGE)
        assert acknowledgement is not None
        assert 1 <= len(ids) <= acknowledgement.attempts
        assert len(set(ids)) == 1
