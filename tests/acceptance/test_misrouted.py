"""Misrouted: somebody says where a ticket belongs, it goes there, and the rules can learn from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from blocks.ids import Action
from bot.clock import utc_now
from routing.labels import LabelKind
from tests.acceptance.seen import trace_page, words
from tests.desk import ANA, BO, option, person

if TYPE_CHECKING:
    from typing import Any

    from routing.labels import RoutingLabel
    from tests.desk import Desk

UNKNOWN = option("?")


async def opened(desk: Desk) -> dict[str, Any]:
    """A refund, which the rule `money` sends to Billing."""
    await desk.deliver()
    await desk.settle()
    return desk.card("DB-1001")


async def press_misrouted(desk: Desk) -> dict[str, Any]:
    return await desk.open_modal(ANA, desk.card("DB-1001"), Action.MORE, choice="Misrouted")


async def labels(desk: Desk) -> list[RoutingLabel]:
    async with desk.storage.reading() as uow:
        return await uow.routing_labels.since(utc_now() - timedelta(days=1))


async def metric(desk: Desk) -> str:
    lines = (await desk.http.get("/metrics")).text.splitlines()
    return "".join(line for line in lines if line.startswith("deskbell_misrouted_total"))


async def test_the_card_moves_and_a_label_names_the_rule(desk: Desk) -> None:
    card = await opened(desk)
    window = await press_misrouted(desk)
    assert "Where does it belong?" in words(window)
    assert "I do not know" in words(window)
    assert '"Billing"' not in words(window), "it is there already"
    await desk.submit(ANA, queue=option("tech"), note="The payment page is broken.")
    answer = desk.modal(ANA)
    assert answer is not None
    assert "*DB-1001* is in Tech now" in words(answer)
    moved = desk.card("DB-1001")
    assert moved["channel"] == "C0TECH"
    assert "The payment page is broken." in words(moved)
    assert "DB-1001 moved to <#C0TECH> by <@U0ANA>" in words(desk.messages(card["channel"])[0])
    assert "misrouted" in (await trace_page(desk, moved)).lower()
    (label,) = await labels(desk)
    assert (label.kind, label.actor, label.rule) == (LabelKind.MISROUTED, ANA, "money")
    assert (label.from_queue, label.to_queue) == ("billing", "tech")
    assert await metric(desk) == 'deskbell_misrouted_total{queue="billing"} 1.0'


async def test_who_does_not_know_leaves_it_to_triage(desk: Desk) -> None:
    await opened(desk)
    await press_misrouted(desk)
    await desk.submit(ANA, queue=UNKNOWN)
    assert desk.card("DB-1001")["channel"] == "C0TRIAGE"
    (label,) = await labels(desk)
    assert (label.from_queue, label.to_queue) == ("billing", None)


async def test_what_leaves_the_triage_queue_is_a_label_and_no_misrouting(desk: Desk) -> None:
    await opened(desk)
    await press_misrouted(desk)
    await desk.submit(ANA, queue=UNKNOWN)
    await desk.open_modal(BO, desk.card("DB-1001"), Action.REASSIGN)
    await desk.submit(BO, queue=option("orders"))
    first, second = await labels(desk)
    assert (second.kind, second.from_queue, second.to_queue) == (LabelKind.REASSIGNED, "triage", "orders")
    assert (first.rule, first.ruleset) == (second.rule, second.ruleset)
    assert await metric(desk) == 'deskbell_misrouted_total{queue="billing"} 1.0'
    assert "moved to another queue by people: 1 ticket (100" in words(
        await desk.command(ANA, "/support rules")
    )


async def test_a_new_person_in_the_same_queue_says_nothing_of_the_rules(desk: Desk) -> None:
    await opened(desk)
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.REASSIGN)
    await desk.submit(ANA, assignee=person(BO))
    assert await labels(desk) == []
    assert await metric(desk) == ""


@pytest.mark.parametrize("queue", ["billing", "gone"])
async def test_a_queue_that_cannot_take_it_is_refused_and_the_window_stays(desk: Desk, queue: str) -> None:
    await opened(desk)
    await press_misrouted(desk)
    await desk.submit(ANA, queue=option(queue))
    view = desk.modal(ANA)
    assert view is not None
    assert "choose another" in view["errors"]["queue"]
    assert await labels(desk) == []


async def test_a_resolved_ticket_is_opened_first(desk: Desk) -> None:
    card = await opened(desk)
    await press_misrouted(desk)
    await desk.press(BO, card, Action.RESOLVE)
    await desk.submit(ANA, queue=option("tech"))
    view = desk.modal(ANA)
    assert view is not None
    assert view["errors"] == {"queue": "DB-1001 is resolved. Press Reopen first."}
