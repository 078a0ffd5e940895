"""The main job from outside: a mail comes in, agents work in Slack, the customer gets mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from tests.acceptance.seen import cards, trace_page, words
from tests.desk import ANA, BO, KIM, option, person

if TYPE_CHECKING:
    from tests.desk import Desk


async def test_a_mail_becomes_a_card_in_its_queue_and_an_acknowledgement(desk: Desk) -> None:
    response = await desk.deliver()
    assert response.status_code == 200
    assert response.json()["status"] == "accepted"
    await desk.settle()
    card = desk.card("DB-1001")
    assert card["channel"] == "C0BILLING"
    assert "I was charged twice." in words(card)
    (mail,) = desk.inbox()
    assert mail["to"] == "Maria Costa <maria@customer.example>"
    assert mail["subject"].startswith("Re: Refund for invoice INV-2041 [DB-1001]")


async def test_a_ticket_from_the_first_mail_to_its_end(desk: Desk) -> None:
    await desk.deliver(subject="Timeout when I pay", text="Error 503 at the checkout.")
    await desk.settle()
    card = desk.card("DB-1001")
    await desk.press(ANA, card, Action.CLAIM)
    await desk.open_modal(ANA, card, Action.ESCALATE)
    await desk.submit(ANA, reason="Nobody can pay.", urgency=option("urgent"))
    await desk.press(KIM, desk.messages("D0ONCALL")[0], Action.ACKNOWLEDGE)
    await desk.open_modal(ANA, card, Action.REASSIGN)
    await desk.submit(ANA, queue=option("billing"), assignee=person(BO))
    card = desk.card("DB-1001")
    await desk.open_modal(BO, card, Action.REPLY)
    await desk.submit(BO, body="It works again. Sorry!")
    await desk.submit(BO)
    answer = desk.inbox()[-1]
    await desk.deliver(
        id="mail-2", text="Thank you!", inReplyTo=answer["message_id"], references=answer["references"]
    )
    await desk.settle()
    await desk.press(BO, card, Action.RESOLVE)

    assert len(cards(desk, "DB-1001")) == 1, "one card for all its life"
    card = desk.card("DB-1001")
    assert card["channel"] == "C0BILLING"
    assert "Resolved by <@U0BO>" in words(card)
    assert "Acknowledged by <@U0ONCALL>" in words(card)
    thread = desk.sandbox.slack.workspace.thread(card["channel"], card["ts"])
    assert ["answered" in words(thread[0]), "Thank you!" in words(thread[1])] == [True, True]
    assert len(desk.inbox()) == 2, "the acknowledgement and the answer"
    page = await trace_page(desk, card)
    steps = ("ticket_opened", "claimed", "escalated", "acknowledged", "reassigned", "replied", "resolved")
    assert [step for step in steps if step.replace("_", " ") not in page.lower().replace("_", " ")] == []
