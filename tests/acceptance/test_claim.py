"""Claim, release, resolve and reopen, as people press them on a card."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from blocks.ids import Action
from tests.acceptance.seen import trace_page, words
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from tests.desk import Desk


async def test_of_two_who_press_at_once_one_wins_and_the_other_learns_who(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    card = desk.card("DB-1001")
    await asyncio.gather(desk.press(ANA, card, Action.CLAIM), desk.press(BO, card, Action.CLAIM))
    winner = ANA if f"Claimed by <@{ANA}>" in words(desk.card("DB-1001")) else BO
    loser = BO if winner == ANA else ANA
    assert f"Claimed by <@{winner}>" in words(desk.card("DB-1001"))
    assert desk.whispers(loser) == [f"<@{winner}> claimed DB-1001 before you."]
    assert desk.whispers(winner) == []


async def test_somebody_else_may_release_a_ticket_and_then_anyone_claim_it(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await desk.press(ANA, desk.card("DB-1001"), Action.CLAIM)
    claimed = desk.card("DB-1001")
    await desk.press(BO, claimed, Action.RELEASE)
    assert "Waiting in *Billing*" in words(desk.card("DB-1001"))
    await desk.press(ANA, claimed, Action.RELEASE)
    assert desk.whispers(ANA) == ["DB-1001 is not claimed by anyone any more."]
    await desk.press(BO, desk.card("DB-1001"), Action.CLAIM)
    assert "Claimed by <@U0BO>" in words(desk.card("DB-1001"))


async def test_resolving_records_the_time_and_reopening_makes_it_an_open_ticket_again(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    waiting = desk.card("DB-1001")
    await desk.press(ANA, waiting, Action.RESOLVE)
    resolved = desk.card("DB-1001")
    assert "Resolved by <@U0ANA>, took" in words(resolved)
    page = await trace_page(desk, resolved)
    assert "resolved" in page.lower()
    assert "seconds" in page
    await desk.press(BO, waiting, Action.CLAIM)
    assert desk.whispers(BO) == ["DB-1001 is resolved already. Press Reopen first."]
    await desk.press(BO, resolved, Action.REOPEN)
    assert "Waiting in *Billing*" in words(desk.card("DB-1001"))
    await desk.press(ANA, resolved, Action.REOPEN)
    assert desk.whispers(ANA) == ["DB-1001 is open already."]
