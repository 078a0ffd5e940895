"""What people do with a page, and what working on the ticket does to it: at once, and in every copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blocks.ids import Action
from tests import desk as desk_module
from tests.acceptance.policies import (
    ANAS_DM,
    BOS_DM,
    INCIDENTS,
    KIMS_DM,
    MINUTE,
    configured,
    copies,
    escalated,
    standing,
)
from tests.acceptance.seen import thread, words
from tests.desk import BO, KIM, person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta
    from pathlib import Path
    from typing import Any

    from bot.sandbox import Sandbox
    from tests.desk import Desk

STEPS = ({"notify": "on_call"}, {"wait": "10m"}, {"notify": "U0ANA"})


@pytest.fixture
async def paged(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """Kim has been paged; ten minutes later Ana would be."""
    async with desk_module.running(sandbox, tmp_path, config=configured(*STEPS)) as desk:
        await escalated(desk)
        yield desk


def page(desk: Desk, channel: str = KIMS_DM) -> dict[str, Any]:
    return standing(desk, channel)[0]


async def test_claiming_the_ticket_is_an_acknowledgement(paged: Desk) -> None:
    await paged.press(BO, paged.card("DB-1001"), Action.CLAIM)
    assert all("Acknowledged by <@U0BO>" in words(copy) for copy in copies(paged))
    await paged.pass_time(10 * MINUTE)
    assert paged.messages(ANAS_DM) == []


async def test_resolving_the_ticket_ends_it(paged: Desk) -> None:
    await paged.press(BO, paged.card("DB-1001"), Action.RESOLVE)
    assert all("Over: the ticket is resolved (<@U0BO>)" in words(copy) for copy in copies(paged))
    await paged.pass_time(10 * MINUTE)
    assert paged.messages(ANAS_DM) == []


async def test_resolve_on_the_page_ends_the_escalation_and_not_the_ticket(paged: Desk) -> None:
    before = page(paged)
    await paged.press(KIM, before, Action.END_ESCALATION)
    assert all("Over: the trouble is over (<@U0ONCALL>)" in words(copy) for copy in copies(paged))
    assert "Waiting in *Billing*" in words(paged.card("DB-1001"))
    await paged.press(BO, before, Action.ACKNOWLEDGE)
    assert paged.whispers(BO) == ["This escalation is over: the trouble is over. <@U0ONCALL> ended it."]


async def test_a_merged_ticket_takes_its_escalation_along(paged: Desk) -> None:
    await paged.deliver(id="2", messageId="<2@customer.example>", subject="Another refund")
    await paged.settle()
    await paged.open_modal(BO, paged.card("DB-1001"), Action.MORE, choice="Merge")
    await paged.submit(BO, ticket="DB-1002")
    assert "Nobody has acknowledged yet" in words(paged.card("DB-1002"))
    await paged.press(BO, paged.card("DB-1002"), Action.CLAIM)
    assert "Acknowledged by <@U0BO>" in words(page(paged))
    await paged.pass_time(10 * MINUTE)
    assert paged.messages(ANAS_DM) == []


@pytest.mark.parametrize(("choice", "length"), [("15", 15 * MINUTE), ("1 hour", 60 * MINUTE)])
async def test_who_snoozes_it_is_shown_and_then_the_policy_begins_again(
    paged: Desk, choice: str, length: timedelta
) -> None:
    await paged.press(KIM, page(paged), Action.SNOOZE, choice=choice)
    assert all("Snoozed by <@U0ONCALL> until" in words(copy) for copy in copies(paged))
    await paged.pass_time(length - MINUTE)
    assert (len(standing(paged, KIMS_DM)), paged.messages(ANAS_DM)) == (1, [])
    await paged.pass_time(MINUTE)
    assert len(standing(paged, KIMS_DM)) == 2
    assert all("Nobody has acknowledged yet" in words(copy) for copy in copies(paged))


async def test_the_next_business_day_is_one_of_the_desk(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.SNOOZE, choice="Until the next business day")
    async with paged.storage.reading() as uow:
        escalation = await uow.escalations.get(1)
    assert escalation.next_at is not None
    assert (escalation.next_at.hour, escalation.next_at.minute) == (9, 0)
    assert escalation.next_at.date() > paged.clock().date()


async def test_whom_it_is_handed_to_is_paged_and_every_copy_says_so(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.open_modal(KIM, page(paged), Action.HAND_OVER)
    await paged.submit(KIM, person=person(BO))
    assert all("Handed over to <@U0BO> by <@U0ONCALL>" in words(copy) for copy in copies(paged)[:-1])
    (main,) = standing(paged, INCIDENTS)
    assert thread(paged, main)[-1]["text"] == "🔔 <@U0BO>, <@U0ONCALL> hands this over to you."
    await paged.press(BO, page(paged, BOS_DM), Action.ACKNOWLEDGE)
    assert all("Acknowledged by <@U0BO>" in words(copy) for copy in copies(paged))


async def test_whom_it_is_handed_to_has_ten_minutes(paged: Desk) -> None:
    await paged.open_modal(KIM, page(paged), Action.HAND_OVER)
    await paged.submit(KIM, person=person(BO))
    await paged.pass_time(9 * MINUTE)
    assert (len(standing(paged, KIMS_DM)), paged.messages(ANAS_DM)) == (1, [])
    await paged.pass_time(1 * MINUTE)
    assert len(standing(paged, KIMS_DM)) == 2, "the policy begins again"


async def test_who_is_asked_to_join_is_paged_and_whoever_has_it_keeps_it(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.open_modal(KIM, page(paged), Action.ADD_RESPONDER)
    await paged.submit(KIM, person=person(BO))
    assert "Asked to join: <@U0BO> by <@U0ONCALL>" in words(page(paged, BOS_DM))
    assert all("Acknowledged by <@U0ONCALL>" in words(copy) for copy in copies(paged))


async def test_who_has_acknowledged_and_does_nothing_is_asked_and_then_it_goes_on(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.pass_time(30 * MINUTE)
    question = standing(paged, KIMS_DM)[-1]
    assert question["text"] == "Still on DB-1001?"
    await paged.pass_time(15 * MINUTE)
    assert "still_on_it" not in words(standing(paged, KIMS_DM)[1]), "the question has no buttons any more"
    (main,) = standing(paged, INCIDENTS)
    assert "🔔 No word from <@U0ONCALL>: the policy begins again." in [n["text"] for n in thread(paged, main)]
    assert "DB-1001 escalated" in standing(paged, KIMS_DM)[-1]["text"]
    assert "Nobody has acknowledged yet" in words(page(paged))


async def test_who_is_still_on_it_is_asked_later(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.pass_time(30 * MINUTE)
    await paged.press(KIM, standing(paged, KIMS_DM)[-1], Action.STILL_ON_IT)
    assert "Acknowledged by <@U0ONCALL>" in words(standing(paged, KIMS_DM)[-1])
    await paged.pass_time(29 * MINUTE)
    assert len(standing(paged, KIMS_DM)) == 2
    await paged.pass_time(1 * MINUTE)
    assert len(standing(paged, KIMS_DM)) == 3


async def test_who_gives_it_back_is_not_asked_why(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.pass_time(30 * MINUTE)
    question = standing(paged, KIMS_DM)[-1]
    await paged.press(KIM, question, Action.GIVE_BACK)
    assert "Nobody has acknowledged yet" in words(page(paged))
    assert len(standing(paged, KIMS_DM)) == 3, "the first step has run again"
    await paged.press(KIM, question, Action.STILL_ON_IT)
    assert paged.whispers(KIM) == ["This is not yours any more: look at the page for who has it."]


async def test_an_answer_to_the_customer_is_progress(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.pass_time(20 * MINUTE)
    await paged.open_modal(KIM, paged.card("DB-1001"), Action.REPLY)
    await paged.submit(KIM, body="We look into it.")
    await paged.submit(KIM)
    await paged.pass_time(20 * MINUTE)
    assert len(standing(paged, KIMS_DM)) == 1, "nobody was asked"


async def test_escalating_again_what_is_taken_begins_again_and_says_why(paged: Desk) -> None:
    await paged.press(KIM, page(paged), Action.ACKNOWLEDGE)
    await paged.command(BO, "/support escalate DB-1001 It burns")
    await paged.settle()
    (main,) = standing(paged, INCIDENTS)
    assert "🚨 Escalated again by <@U0BO>: It burns" in [note["text"] for note in thread(paged, main)]
    assert len(standing(paged, KIMS_DM)) == 2


async def test_the_open_ones_are_listed_with_what_is_next(paged: Desk) -> None:
    listed = words(await paged.command(BO, "/support escalations"))
    assert "*DB-1001* Refund for invoice INV-2041 · urgent: The bank calls." in listed
    assert "Deskbell calls a person." in listed
    await paged.press(BO, paged.card("DB-1001"), Action.RESOLVE)
    assert "No escalation is open." in words(await paged.command(BO, "/support escalations"))


async def test_a_page_that_waits_behind_slack_is_dropped_once_somebody_has_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": "on_call"}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        for _ in range(2):  # the page and the note in the thread
            sandbox.fail_next("chat.postMessage", error="internal_error")
        await desk.pass_time(10 * MINUTE)
        await desk.press(KIM, page(desk), Action.ACKNOWLEDGE)
        await desk.pass_time(20 * MINUTE)
        assert desk.messages(BOS_DM) == []
        assert standing(desk, INCIDENTS) == desk.messages(INCIDENTS), "nobody is mentioned in the thread"


async def test_a_page_whose_posting_had_no_answer_shows_who_has_it_all_the_same(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": "on_call"}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        for _ in range(2):
            sandbox.fail_next("chat.postMessage", status=503, after_effect=True)
        await desk.pass_time(10 * MINUTE)
        await desk.press(KIM, page(desk), Action.ACKNOWLEDGE)
        await desk.pass_time(20 * MINUTE)
        (copy,) = desk.messages(BOS_DM)
        assert "Acknowledged by <@U0ONCALL>" in words(copy)
