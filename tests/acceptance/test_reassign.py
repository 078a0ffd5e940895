"""Reassign: the ticket goes to another queue or person, and its card goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from tests.acceptance.seen import drained, trace_page, words
from tests.desk import ANA, BO, option, person

if TYPE_CHECKING:
    from typing import Any

    from tests.desk import Desk


async def opened(desk: Desk) -> dict[str, Any]:
    await desk.deliver()
    await desk.settle()
    card = desk.card("DB-1001")
    await desk.open_modal(ANA, card, Action.REASSIGN)
    return card


async def test_the_card_moves_to_the_new_channel_and_a_notice_stays_in_the_old_one(desk: Desk) -> None:
    old = await opened(desk)
    await desk.submit(ANA, queue=option("tech"), assignee=person(BO), note="The payment page is broken.")
    assert desk.modal(ANA) is None
    card = desk.card("DB-1001")
    assert card["channel"] == "C0TECH"
    assert "Claimed by <@U0BO>" in words(card)
    assert "The payment page is broken." in words(card)
    (notice,) = desk.messages("C0BILLING")
    assert notice["ts"] == old["ts"]
    assert "DB-1001 moved to <#C0TECH> by <@U0ANA>" in words(notice)
    assert "reassigned" in (await trace_page(desk, card)).lower()
    await desk.press(BO, card, Action.RESOLVE)
    assert "Resolved by <@U0BO>" in words(desk.card("DB-1001"))


async def test_within_the_queue_only_the_person_changes(desk: Desk) -> None:
    old = await opened(desk)
    await desk.submit(ANA, assignee=person(BO))
    card = desk.card("DB-1001")
    assert (card["channel"], card["ts"]) == (old["channel"], old["ts"])
    assert "Claimed by <@U0BO>" in words(card)


async def test_where_it_is_already_is_refused_and_the_window_stays_open(desk: Desk) -> None:
    await opened(desk)
    await desk.submit(ANA, note="I have typed this.")
    view = desk.modal(ANA)
    assert view is not None
    assert view["errors"] == {"queue": "This is where the ticket is already: choose another queue or person."}
    assert len(desk.messages("C0BILLING")) == 1


async def test_a_resolved_ticket_is_not_reassigned(desk: Desk) -> None:
    card = await opened(desk)
    await desk.press(BO, card, Action.RESOLVE)
    await desk.submit(ANA, queue=option("tech"))
    view = desk.modal(ANA)
    assert view is not None
    assert view["errors"] == {"queue": "DB-1001 is resolved. Press Reopen first."}


async def test_a_ticket_that_moves_on_while_its_card_is_on_its_way_ends_where_it_belongs(desk: Desk) -> None:
    card = await opened(desk)
    await desk.open_modal(BO, card, Action.REASSIGN)
    desk.sandbox.fail_next("chat.postMessage", status=503)
    await desk.submit(ANA, queue=option("tech"))
    await desk.submit(BO, queue=option("orders"))
    await drained(desk)
    assert desk.card("DB-1001")["channel"] == "C0ORDERS"
    assert "DB-1001 moved to <#C0TECH> by <@U0ANA>" in words(desk.messages("C0BILLING")[0])
    assert "DB-1001 moved to <#C0ORDERS> by <@U0BO>" in words(desk.messages("C0TECH")[0])


async def test_a_ticket_that_moves_on_from_a_dead_channel_needs_no_fallback(desk: Desk) -> None:
    card = await opened(desk)
    await desk.open_modal(BO, card, Action.REASSIGN)
    await desk.sandbox.archive("#tech")
    desk.sandbox.fail_next("chat.postMessage", status=503)
    await desk.submit(ANA, queue=option("tech"))
    await desk.submit(BO, queue=option("orders"))
    await drained(desk)
    assert desk.card("DB-1001")["channel"] == "C0ORDERS"
    assert "DB-1001 moved to <#C0ORDERS> by <@U0BO>" in words(desk.messages("C0BILLING")[0])
