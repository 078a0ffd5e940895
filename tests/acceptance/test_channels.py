"""A channel that cannot be posted to, and a Slack that is slow, strict or away: nothing stops and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from blocks.ids import Action
from tests import desk as desk_module
from tests.acceptance.seen import cards, drained, words
from tests.desk import ANA, BOT_TOKEN, signed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk import Desk


UNAVAILABLE = {"archive": "is_archived", "leave": "not_in_channel", "remove": "channel_not_found"}


@pytest.mark.parametrize("deed", UNAVAILABLE)
async def test_a_card_without_its_channel_goes_to_the_fallback_and_operators_are_told_once(
    desk: Desk, deed: str
) -> None:
    reason = UNAVAILABLE[deed]
    await getattr(desk.sandbox, deed)("#billing")
    for number in (1, 2):
        await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
    await desk.settle()
    for reference in ("DB-1001", "DB-1002"):
        card = desk.card(reference)
        assert card["channel"] == "C0FALLBACK"
        assert f"Posted here because #billing cannot be posted to: {reason}." in words(card)
    (notice,) = desk.messages("C0OPS")
    assert f"Cards for #billing go to the fallback channel: {reason}." in words(notice)
    assert len(desk.inbox()) == 2
    await desk.press(ANA, desk.card("DB-1001"), Action.CLAIM)
    assert "Claimed by <@U0ANA>" in words(desk.card("DB-1001"))


async def test_a_mail_to_handle_by_hand_falls_back_as_well(desk: Desk) -> None:
    await desk.sandbox.archive("#triage")
    body = b"this is no JSON"
    await desk.http.post("/webhooks/mailparse", content=body, headers=signed(body))
    await desk.settle()
    (card,) = desk.messages("C0FALLBACK")
    assert "Please handle it by hand" in words(card)
    (notice,) = desk.messages("C0OPS")
    assert "Cards for #triage go to the fallback channel: is_archived." in words(notice)


async def test_a_dead_letter_that_had_come_through_is_not_posted_twice(desk: Desk) -> None:
    """Slack posted the card and then said that it never would: nobody can know before somebody looks."""
    desk.sandbox.fail_next("chat.postMessage", error="posting_is_refused", after_effect=True)
    await desk.deliver()
    await desk.settle()
    listed = await desk.command(ANA, "/support dead-letters")
    assert "posting_is_refused" in words(listed)
    assert len(cards(desk, "DB-1001")) == 1
    press = desk.sandbox.interactions.press_in_message
    retry = listed["blocks"][2]["elements"][0]
    await press(user_id=ANA, channel_id=listed["channel"], ts=listed["ts"], action=retry)
    await desk.settle()
    await desk.press(ANA, desk.card("DB-1001"), Action.CLAIM)
    assert "Claimed by <@U0ANA>" in words(desk.card("DB-1001"))


async def test_without_a_fallback_the_card_is_a_dead_letter_that_a_person_sends_again(desk: Desk) -> None:
    await desk.sandbox.remove("#billing")
    await desk.sandbox.leave("#support-fallback")
    await desk.deliver()
    await desk.settle()
    assert cards(desk, "DB-1001") == []
    assert any("Could not deliver slack.post_card" in words(notice) for notice in desk.messages("C0OPS"))
    assert len(desk.inbox()) == 1, "the customer is answered all the same"
    listed = await desk.command(ANA, "/support dead-letters")
    assert "1 dead letter" in words(listed)
    assert "not_in_channel" in words(listed)
    await invite(desk, "C0FALLBACK")
    retry = listed["blocks"][2]["elements"][0]
    press = desk.sandbox.interactions.press_in_message
    await press(user_id=ANA, channel_id=listed["channel"], ts=listed["ts"], action=retry)
    await desk.settle()
    assert desk.card("DB-1001")["channel"] == "C0FALLBACK"
    assert "No dead letters" in (await desk.command(ANA, "/support dead-letters"))["text"]
    await press(user_id=ANA, channel_id=listed["channel"], ts=listed["ts"], action=retry)
    await desk.settle()
    assert "is no dead letter any more" in desk.whispers(ANA)[-1]


async def test_a_dead_letter_that_is_discarded_is_listed_no_more(desk: Desk) -> None:
    await desk.sandbox.remove("#billing")
    await desk.sandbox.leave("#support-fallback")
    await desk.deliver()
    await desk.settle()
    await desk.press(ANA, await desk.command(ANA, "/support dead-letters"), Action.DISCARD_DEAD_LETTER)
    assert "is discarded." in desk.whispers(ANA)[-1]
    assert "No dead letters" in (await desk.command(ANA, "/support dead-letters"))["text"]
    async with desk.storage.reading() as uow:
        (trace_id,) = {ticket.trace_id for ticket in [await uow.tickets.get(1001)]}
        assert "discarded" in [entry.action for entry in await uow.audit.for_trace(trace_id)]


async def invite(desk: Desk, channel: str) -> None:
    """Bring the app back into a channel."""
    authorization = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with httpx.AsyncClient(base_url=desk.sandbox.slack_api_url, trust_env=False) as slack:
        answer = await slack.post("conversations.join", data={"channel": channel}, headers=authorization)
    assert answer.json()["ok"]


async def test_a_rate_limit_is_waited_for_and_costs_no_attempt(tmp_path: Path) -> None:
    """This desk itself knows no pace, so that Slack must tell it."""
    async with (
        desk_module.sandboxed(tmp_path / "sandbox", rate_limited=True) as sandbox,
        desk_module.running(sandbox, tmp_path) as desk,
    ):
        for number in range(3):
            await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
        await drained(desk)
        posts = [call for call in sandbox.calls if call.method == "chat.postMessage"]
        assert [call.error for call in posts if not call.ok] == ["ratelimited"] * 2
        times = [call.at for call in posts if call.ok]
        assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(times))
        assert not [call for call in sandbox.calls if call.method == "conversations.history"]


@pytest.mark.parametrize("after_effect", [False, True], ids=["before it posted", "after it posted"])
async def test_when_slack_fails_every_card_still_arrives_once(desk: Desk, *, after_effect: bool) -> None:
    """After the effect nobody can know whether the card stands there, so the desk must look."""
    failures: tuple[dict[str, Any], ...] = ({"status": 503}, {"error": "internal_error"}, {})  # {}: it breaks
    for failure in failures:
        desk.sandbox.fail_next("chat.postMessage", **failure, after_effect=after_effect)
    for number, subject in enumerate(("invoice", "parcel", "timeout"), start=1):
        await desk.deliver(id=subject, subject=subject, messageId=f"<{number}@customer.example>")
    await drained(desk)
    channels = {desk.card(f"DB-100{number}")["channel"] for number in (1, 2, 3)}
    assert channels == {"C0BILLING", "C0ORDERS", "C0TECH"}
    assert desk.messages("C0OPS") == []
    assert len(desk.inbox()) == 3
