"""What starts a policy by itself, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from blocks.ids import Action
from tests import desk as desk_module
from tests.acceptance.policies import KIMS_DM, MINUTE, configured, standing
from tests.acceptance.seen import words
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from tests.desk import Desk

CALL = {"notify": "on_call"}


def triggered(**named: Any) -> SupportConfig:
    return configured(CALL, policy={"triggers": named})


async def opened(desk: Desk, **mail: Any) -> None:
    await desk.deliver(**mail)
    await desk.settle()


async def test_what_nobody_claims_in_time_is_escalated_and_a_claim_ends_that(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(unclaimed_for="20m")) as desk:
        await opened(desk)
        await desk.pass_time(19 * MINUTE)
        assert desk.messages(KIMS_DM) == []
        await desk.pass_time(1 * MINUTE)
        (page,) = desk.messages(KIMS_DM)
        assert "Nobody has claimed it for 20 minutes." in words(page)
        await desk.press(BO, desk.card("DB-1001"), Action.CLAIM)
        assert "Over: the ticket was claimed (<@U0BO>)" in words(desk.messages(KIMS_DM)[0])


async def test_a_claimed_ticket_waits_anew_from_its_release(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(unclaimed_for="20m")) as desk:
        await opened(desk)
        await desk.press(BO, desk.card("DB-1001"), Action.CLAIM)
        await desk.pass_time(15 * MINUTE)
        await desk.press(BO, desk.card("DB-1001"), Action.RELEASE)
        await desk.pass_time(15 * MINUTE)
        assert desk.messages(KIMS_DM) == []
        await desk.pass_time(5 * MINUTE)
        assert len(desk.messages(KIMS_DM)) == 1


async def test_a_timer_asks_the_policy_of_its_own_time(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(unclaimed_for="20m")) as desk:
        await opened(desk)
    async with desk_module.running(sandbox, tmp_path, config=triggered(unclaimed_for="30m")) as desk:
        await desk.pass_time(20 * MINUTE)
        assert desk.messages(KIMS_DM) == []
        await desk.pass_time(10 * MINUTE)
        assert len(desk.messages(KIMS_DM)) == 1
    async with desk_module.running(sandbox, tmp_path, config=triggered()) as desk:
        await opened(desk, id="2", messageId="<2@customer.example>", subject="Another refund")
        await desk.pass_time(60 * MINUTE)
        assert len([page for page in standing(desk, KIMS_DM) if "DB-1002" in page["text"]]) == 0


async def test_a_priority_starts_it_at_the_opening(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(priority="high")) as desk:
        await opened(desk)
        assert desk.messages(KIMS_DM) == []
        gold = {"from": "ceo@bigcustomer.example", "id": "2", "messageId": "<2@bigcustomer.example>"}
        await desk.deliver(**gold)
        await desk.settle()
        (page,) = desk.messages(KIMS_DM)
        assert "The priority is high." in words(page)


async def test_the_urgent_word_starts_it_once_whatever_else_does(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(priority="high")) as desk:
        await opened(desk, subject="URGENT: refund")
        (page,) = desk.messages(KIMS_DM)
        assert "begins with URGENT" in words(page)


async def test_a_robot_starts_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    config = triggered(priority="low", unclaimed_for="5m", incident=True)
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await opened(desk, headers={"Auto-Submitted": "auto-generated"})
        await desk.pass_time(60 * MINUTE)
        assert desk.messages(KIMS_DM) == []


async def test_a_command_starts_it_with_its_reason(desk: Desk) -> None:
    await opened(desk)
    answer = await desk.command(ANA, "/support escalate DB-1001 The bank calls.")
    assert answer["text"].startswith("DB-1001 is escalated.")
    await desk.settle()
    assert "The bank calls." in words(desk.messages(KIMS_DM)[0])


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/support escalate DB-1001", "Why? Write `/support escalate DB-1001 the reason`."),
        ("/support escalate", "Which ticket? Write its number, for example `DB-1042`."),
        ("/support escalate DB-9999 now", "There is no such ticket."),
    ],
)
async def test_a_command_that_misses_something_says_what(desk: Desk, line: str, answer: str) -> None:
    assert (await desk.command(ANA, line))["text"] == answer


async def test_a_broken_promise_starts_it(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(sla_breach=True)) as desk:
        await opened(desk)
        await desk.pass_time(239 * MINUTE)
        assert desk.messages(KIMS_DM) == []
        await desk.pass_time(1 * MINUTE)
        (page,) = desk.messages(KIMS_DM)
        assert "The time for the first response is up." in words(page)


async def test_a_warning_starts_it_only_where_the_policy_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=triggered(sla_warning=True)) as desk:
        await opened(desk)
        await desk.pass_time(192 * MINUTE)
        assert "The time for the first response is nearly up." in words(desk.messages(KIMS_DM)[0])
