"""The main job from outside: a mail comes in, an agent works in Slack, the customer gets mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from tests.desk import Desk


async def test_a_mail_becomes_a_card_in_its_queue_and_an_acknowledgement(desk: Desk) -> None:
    response = await desk.deliver()
    assert response.status_code == 200
    assert response.json()["status"] == "accepted"
    await desk.settle()
    card = desk.card("DB-1001")
    assert card["channel"] == "C0BILLING"
    (mail,) = desk.inbox()
    assert mail["to"] == "Maria Costa <maria@customer.example>"
    assert mail["subject"] == "Re: Refund for invoice INV-2041 [DB-1001]"


async def test_second_claim_loses_and_names_the_winner(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    card = desk.card("DB-1001")
    await desk.press(ANA, card, Action.CLAIM)
    await desk.press(BO, card, Action.CLAIM)
    assert desk.whispers(BO) == ["<@U0ANA> claimed DB-1001 before you."]
    assert desk.whispers(ANA) == []
    assert "Claimed by <@U0ANA>" in str(desk.card("DB-1001")["blocks"])
