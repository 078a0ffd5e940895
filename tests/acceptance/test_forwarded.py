"""A forwarded mail: answers may go to who wrote it, once a person has decided so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from blocks.ids import Action
from tests.acceptance.seen import cards, thread, trace_page, words
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from tests.desk import Desk

FORWARD = """Please help her.

---------- Forwarded message ---------
From: {writer}
Date: Mon, 2 Mar 2026 at 09:00
Subject: Refund for invoice INV-2041
To: Bob Reed <bob@partner.example>

I was charged twice.
"""


async def forwarded(desk: Desk, writer: str = "Maria Costa <maria@customer.example>") -> dict[str, Any]:
    """Bob forwards what somebody wrote; answers the card."""
    await desk.deliver(
        **{"from": "Bob Reed <bob@partner.example>"},
        subject="Fwd: Refund for invoice INV-2041",
        text=FORWARD.format(writer=writer),
    )
    await desk.settle()
    return desk.card("DB-1001")


async def test_the_writer_can_be_made_the_requester_and_gets_the_answer(desk: Desk) -> None:
    card = await forwarded(desk)
    assert "Forwarded; written by Maria Costa &lt;maria@customer.example&gt;" in words(card)
    await desk.press(ANA, card, Action.MAKE_REQUESTER)
    card = desk.card("DB-1001")
    assert "Make requester" not in words(card)
    await desk.open_modal(ANA, card, Action.REPLY)
    await desk.submit(ANA, body="You get it back.")
    await desk.submit(ANA)
    assert desk.inbox()[-1]["to"] == "Maria Costa <maria@customer.example>"
    assert "requester changed" in await trace_page(desk, card)


async def test_both_take_part_from_then_on(desk: Desk) -> None:
    await desk.press(ANA, await forwarded(desk), Action.MAKE_REQUESTER)
    for number, sender in ((2, "maria@customer.example"), (3, "bob@partner.example")):
        await desk.deliver(
            **{"from": sender},
            id=f"mail-{number}",
            messageId=f"<{number}@elsewhere.example>",
            inReplyTo="<1@customer.example>",
        )
        await desk.settle()
    assert len(thread(desk, desk.card("DB-1001"))) == 2
    assert cards(desk, "DB-1002") == []


async def test_it_is_done_once(desk: Desk) -> None:
    card = await forwarded(desk)
    await desk.press(ANA, card, Action.MAKE_REQUESTER)
    await desk.press(ANA, card, Action.MAKE_REQUESTER)
    assert desk.whispers(ANA) == ["This mail names no other person who could be answered."]


@pytest.mark.parametrize("writer", ["Bob Reed <bob@partner.example>", "support@acme.example", "Maria"])
async def test_nobody_is_offered_who_gains_nothing_or_cannot_be_answered(desk: Desk, writer: str) -> None:
    assert "Forwarded; written by" not in words(await forwarded(desk, writer))


async def test_an_answer_goes_to_nobody_whom_its_preview_did_not_show(desk: Desk) -> None:
    card = await forwarded(desk)
    await desk.open_modal(BO, card, Action.REPLY)
    await desk.submit(BO, body="Dear Bob, between us ...")
    await desk.press(ANA, card, Action.MAKE_REQUESTER)
    await desk.submit(BO)
    assert "Answers go to maria@customer.example by now." in words(desk.modal(BO) or {})
    assert [mail["to"] for mail in desk.inbox()] == ["Bob Reed <bob@partner.example>"]
    assert "between us" in words(await desk.open_modal(BO, card, Action.REPLY))
