"""Parked mail is listed, and let in by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from tests.acceptance.seen import words
from tests.desk import ANA

if TYPE_CHECKING:
    from tests.desk import Desk

COPY = {"from": "Support <support@acme.example>", "subject": "A note to ourselves"}


async def test_nothing_parked_is_good_news(desk: Desk) -> None:
    answer = await desk.command(ANA, "/support parked")
    assert answer["text"] == "No parked mail: every mail has its ticket."


async def test_a_parked_mail_is_listed_with_its_reason_and_released_once(desk: Desk) -> None:
    parked = await desk.deliver(**COPY)
    await desk.settle()
    listed = await desk.command(ANA, "/support parked")
    assert listed["text"] == "1 parked mail"
    shown = words(listed)
    assert "*A note to ourselves*" in shown
    assert "loop: the sender is this desk itself" in shown
    assert "/traces/" in shown

    await desk.press(ANA, listed, Action.RELEASE_PARKED)
    assert "A note to ourselves" in desk.card("DB-1001")["text"]
    assert desk.inbox() == [], "it may still be a loop: nothing is answered"
    await desk.press(ANA, listed, Action.RELEASE_PARKED)
    assert desk.whispers(ANA)[-1] == "This mail was released already."
    async with desk.storage.reading() as uow:
        trail = await uow.audit.for_trace(parked.json()["trace_id"])
        assert await uow.emails.unfinished_counts() == {}
    assert [step.action for step in trail][:3] == ["parked", "released", "ticket_opened"]


async def test_a_mail_that_cannot_be_read_is_listed_without_a_way_to_release_it(desk: Desk) -> None:
    await desk.deliver({"id": 7, "text": ["no", "text"]})
    await desk.settle()
    listed = words(await desk.command(ANA, "/support parked"))
    assert "unparseable" in listed
    assert "Release" not in listed
