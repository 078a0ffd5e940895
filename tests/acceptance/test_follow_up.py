"""The customer writes again: which ticket the mail belongs to, and what it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from blocks.ids import Action
from bot import config as config_module
from tests import desk as desk_module
from tests.acceptance.seen import cards, drained, thread, trace_page, words
from tests.desk import ANA, SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

MORE = {"id": "mail-2", "messageId": "<2@customer.example>", "text": "I have the receipt, too."}


async def acknowledged(desk: Desk) -> str:
    """A ticket is open; answers the Message-ID of its acknowledgement."""
    await desk.deliver()
    await desk.settle()
    return str(desk.inbox()[0]["message_id"])


async def test_an_answer_to_our_acknowledgement_stands_in_the_thread_of_the_card(desk: Desk) -> None:
    ours = await acknowledged(desk)
    await desk.deliver(**MORE, subject="Re: something else entirely", inReplyTo=ours)
    await desk.settle()
    (follow_up,) = thread(desk, desk.card("DB-1001"))
    assert "I have the receipt, too." in words(follow_up)
    shown = words(desk.card("DB-1001"))
    assert "Wrote again <!date^" in shown
    assert "“I have the receipt, too.”" in shown
    assert cards(desk, "DB-1002") == []
    assert len(desk.inbox()) == 1, "a ticket is acknowledged once"


async def test_an_id_in_references_is_enough(desk: Desk) -> None:
    ours = await acknowledged(desk)
    await desk.deliver(**MORE, references=["<0@elsewhere.example>", ours, "<9@elsewhere.example>"])
    await desk.settle()
    assert len(thread(desk, desk.card("DB-1001"))) == 1


async def test_a_mail_that_comes_before_the_card_is_posted_finds_its_thread(desk: Desk) -> None:
    desk.sandbox.fail_next("chat.postMessage", status=503)
    await desk.deliver()
    await desk.deliver(**MORE, inReplyTo="<1@customer.example>")
    await drained(desk)
    assert len(thread(desk, desk.card("DB-1001"))) == 1
    assert cards(desk, "DB-1002") == []


async def test_a_stranger_who_knows_the_id_gets_a_ticket_of_his_own(desk: Desk) -> None:
    ours = await acknowledged(desk)
    await desk.deliver(**MORE | {"from": "Eve <eve@elsewhere.example>"}, inReplyTo=ours)
    await desk.settle()
    assert thread(desk, desk.card("DB-1001")) == []
    page = await trace_page(desk, desk.card("DB-1002"))
    assert "names DB-1001, but the sender takes no part in it" in page
    assert [mail["to"] for mail in desk.inbox()] == [
        "Maria Costa <maria@customer.example>",
        "Eve <eve@elsewhere.example>",
    ]


async def test_an_answer_to_a_resolved_ticket_opens_it_again(desk: Desk) -> None:
    ours = await acknowledged(desk)
    await desk.press(ANA, desk.card("DB-1001"), Action.RESOLVE)
    await desk.deliver(**MORE, inReplyTo=ours)
    await desk.settle()
    card = desk.card("DB-1001")
    assert "Waiting in *Billing*" in words(card)
    assert len(thread(desk, card)) == 1


async def test_an_answer_after_the_grace_period_opens_a_ticket_that_follows(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    shipped = config_module.load(SUPPORT_YAML)
    impatient = shipped.desk.model_copy(update={"reopen_within": timedelta(0)})
    config = shipped.model_copy(update={"desk": impatient})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        ours = await acknowledged(desk)
        await desk.press(ANA, desk.card("DB-1001"), Action.RESOLVE)
        await desk.deliver(**MORE, inReplyTo=ours)
        await desk.settle()
        assert "Follows *DB-1001*" in words(desk.card("DB-1002"))
        assert "Resolved by" in words(desk.card("DB-1001"))
