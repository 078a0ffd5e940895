"""Parked mail is listed, and let in by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from bot.config import Desk as DeskConfig
from tests.acceptance.seen import words
from tests.desk import ANA

if TYPE_CHECKING:
    from tests.desk import Desk

MOST: int = DeskConfig.model_fields["tickets_per_sender"].default

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


async def test_spam_is_parked_and_opens_a_ticket_when_released(desk: Desk) -> None:
    await desk.deliver(headers={"X-Spam-Flag": "YES"})
    await desk.settle()
    assert desk.inbox() == []
    listed = await desk.command(ANA, "/support parked")
    assert "spam: X-Spam-Flag: YES" in words(listed)
    await desk.press(ANA, listed, Action.RELEASE_PARKED)
    assert desk.card("DB-1001")["channel"] == "C0BILLING"


async def test_an_answer_in_a_ticket_is_never_parked_as_spam(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await desk.deliver(
        id="mail-2",
        messageId="<2@customer.example>",
        inReplyTo="<1@customer.example>",
        headers={"X-Spam-Flag": "YES"},
    )
    await desk.settle()
    assert (await desk.command(ANA, "/support parked"))["text"].startswith("No parked mail")


async def test_a_flood_of_one_sender_is_parked_and_told_once(desk: Desk) -> None:
    for number in range(MOST + 3):
        await desk.deliver(
            id=f"mail-{number}", messageId=f"<{number}@flood.example>", subject=f"Question {number}"
        )
    await desk.deliver(**{"from": "bob@other.example"}, id="bob", messageId="<bob@other.example>")
    await desk.settle()
    assert (await desk.command(ANA, "/support parked"))["text"] == "3 parked mails"
    assert (
        len([message for message in desk.messages("C0OPS") if "has opened 60 tickets" in message["text"]])
        == 1
    )
    assert desk.card(f"DB-{1001 + MOST}")["text"].count("bob@other.example") == 1
