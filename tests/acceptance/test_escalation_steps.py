"""The steps of a policy, one after the other, as the clock goes on; and what ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from bot.config_escalation import PolicyNames
from tests import desk as desk_module
from tests.acceptance.policies import (
    BOS_DM,
    INCIDENTS,
    KIMS_DM,
    MINUTE,
    OPERATORS,
    configured,
    copies,
    escalated,
    standing,
)
from tests.acceptance.seen import thread, words
from tests.desk import ANA, BO, KIM

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox


async def test_steps_run_by_the_clock_until_somebody_acknowledges(sandbox: Sandbox, tmp_path: Path) -> None:
    config = configured(
        {"notify": "on_call"}, {"wait": "10m"}, {"notify": "U0BO"}, {"wait": "10m"}, {"notify": "U0ANA"}
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        assert (len(desk.messages(KIMS_DM)), desk.messages(BOS_DM)) == (1, [])
        assert "Deskbell calls a person." in words(desk.messages(KIMS_DM)[0])
        await desk.pass_time(9 * MINUTE)
        assert desk.messages(BOS_DM) == []
        await desk.pass_time(1 * MINUTE)
        (page,) = desk.messages(BOS_DM)
        await desk.press(BO, page, Action.ACKNOWLEDGE)
        await desk.pass_time(29 * MINUTE)
        assert desk.messages("D0ANA") == [], "no step runs once somebody has it"
        assert all("Acknowledged by <@U0BO>" in words(message) for message in copies(desk))


async def test_the_incident_channel_has_one_message_and_later_calls_stand_in_its_thread(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": "on_call"}, {"wait": "5m"}, {"notify": ["U0BO", "U0ANA"]})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        await desk.pass_time(5 * MINUTE)
        (main,) = standing(desk, INCIDENTS)
        assert [note["text"] for note in thread(desk, main)] == ["🔔 <@U0BO> <@U0ANA>, you are needed here."]
        assert "<@U0ONCALL>, <@U0BO> and <@U0ANA>, <@U0ANA> needs you:" in words(main)


async def test_a_policy_that_has_run_through_is_told_to_the_operators_and_by_mail_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured(
        {"notify": "on_call"},
        {"wait": "10m"},
        {"repeat": 1},
        desk={"last_resort": ("duty@acme.example",)},
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        for _ in range(4):
            await desk.pass_time(10 * MINUTE)
        assert len(desk.messages(KIMS_DM)) == 2
        assert [
            "DB-1001: nobody has acknowledged" in words(notice) for notice in desk.messages(OPERATORS)
        ] == [True]
        assert [mail["envelope_to"] for mail in desk.inbox()].count(["duty@acme.example"]) == 1
        assert "the policy calls nobody more" in words(desk.card("DB-1001"))
        await desk.press(KIM, desk.messages(KIMS_DM)[0], Action.ACKNOWLEDGE)
        assert all("Acknowledged by <@U0ONCALL>" in words(page) for page in desk.messages(KIMS_DM))


async def test_a_step_that_finds_nobody_is_followed_by_the_next_at_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": "assignee"}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        assert len(desk.messages(BOS_DM)) == 1
        (notice,) = desk.messages(OPERATORS)
        assert "DB-1001: step 1 of the escalation (notify) reaches nobody: nobody has the ticket." in words(
            notice
        )


async def test_somebody_who_is_gone_swallows_no_page(sandbox: Sandbox, tmp_path: Path) -> None:
    config = configured({"notify": "U0GONE"}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        await desk.settle()
        assert len(desk.messages(BOS_DM)) == 1
        (notice,) = desk.messages(OPERATORS)
        assert "DB-1001: could not page U0GONE in step 1 of the escalation" in words(notice)


async def test_where_one_of_two_is_gone_the_other_has_time_to_answer(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": ["U0GONE", "on_call"]}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        assert (len(desk.messages(KIMS_DM)), desk.messages(BOS_DM)) == (1, [])


async def test_an_empty_user_group_is_nobody(sandbox: Sandbox, tmp_path: Path) -> None:
    config = configured({"notify": "S0NOBODY"}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        assert len(desk.messages(BOS_DM)) == 1
        assert "could not page user group S0NOBODY" in words(desk.messages(OPERATORS)[0])


async def test_everybody_of_a_queue_and_a_channel_are_called_by_one_step(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": ["everyone", "#tech"]}, people=("U0BO", "U0ANA"))
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        copies = [desk.messages(channel) for channel in (BOS_DM, "D0ANA", "C0TECH")]
        assert [len(copy) for copy in copies] == [1, 1, 1]
        assert "<@U0BO> and <@U0ANA>, <@U0ANA> needs you:" in words(copies[2][0])


async def test_one_after_the_other_is_called_over_all_escalations(sandbox: Sandbox, tmp_path: Path) -> None:
    config = configured(
        {"notify": "round_robin"}, {"wait": "10m"}, {"notify": "round_robin"}, people=("U0BO", "U0ANA")
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        assert (len(desk.messages(BOS_DM)), len(desk.messages("D0ANA"))) == (1, 0)
        await desk.press(BO, desk.messages(BOS_DM)[0], Action.ACKNOWLEDGE)
        await desk.deliver(id="2", messageId="<2@customer.example>", subject="Another refund")
        await desk.settle()
        await desk.command(ANA, "/support escalate DB-1002 This one, too")
        await desk.settle()
        assert (len(desk.messages(BOS_DM)), len(desk.messages("D0ANA"))) == (1, 1)


async def test_a_ticket_is_made_urgent_and_moved_and_the_on_call_of_there_is_called(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"raise_priority": "urgent"}, {"reassign": "orders"}, {"notify": "on_call"})
    orders = config.queues["orders"].model_copy(update={"on_call": BO})
    config = config.model_copy(update={"queues": config.queues | {"orders": orders}})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await desk.deliver()
        await desk.settle()
        await desk.command(ANA, "/support escalate DB-1001 Nobody looks")
        await desk.settle()
        (card,) = [card for card in desk.messages("C0ORDERS") if card["text"].startswith("DB-1001 · ")]
        assert "*Urgent*" in words(card)
        assert (len(desk.messages(BOS_DM)), desk.messages(KIMS_DM)) == (1, [])
        assert "Escalated to <@U0BO>" in words(card)


async def test_a_condition_is_asked_when_its_step_is_due(sandbox: Sandbox, tmp_path: Path) -> None:
    storm = {"tickets": {"more_than": 1, "within": "10m"}}
    config = configured(
        {"notify": "on_call"},
        {"wait": "5m"},
        {"notify": "U0BO", "only_if": storm},
        {"wait": "5m"},
        {"only_if": {"priority": "urgent"}},
        {"notify": "U0ANA"},
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await desk.deliver()
        await desk.settle()
        await desk.command(ANA, "/support escalate DB-1001 One of many")
        await desk.settle()
        await desk.deliver(id="2", messageId="<2@customer.example>", subject="Another refund")
        await desk.settle()
        await desk.pass_time(5 * MINUTE)
        assert len(desk.messages(BOS_DM)) == 1, "two tickets have come"
        await desk.pass_time(5 * MINUTE)
        assert desk.messages("D0ANA") == [], "it is not urgent: the gate ends the policy"
        assert "the policy calls nobody more" in words(desk.card("DB-1001"))
        assert desk.messages(OPERATORS) == [], "its author wanted it so"


async def test_a_policy_that_is_edited_while_it_runs_runs_as_it_was(sandbox: Sandbox, tmp_path: Path) -> None:
    config = configured({"notify": "on_call"}, {"wait": "10m"}, {"notify": "U0BO"})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
    edited = configured({"notify": "U0ANA"})
    async with desk_module.running(sandbox, tmp_path, config=edited) as desk:
        await desk.pass_time(10 * MINUTE)
        assert (len(desk.messages(BOS_DM)), desk.messages("D0ANA")) == (1, [])


async def test_after_a_downtime_overdue_steps_run_once_in_order_and_are_marked_late(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured(
        {"notify": "on_call"}, {"wait": "10m"}, {"notify": "U0BO"}, {"wait": "10m"}, {"notify": "U0ANA"}
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
    assert isinstance(sandbox.now, desk_module.Watch)
    sandbox.now.put_forward(60 * MINUTE)
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await desk.settle()
        assert (len(desk.messages(BOS_DM)), desk.messages("D0ANA")) == (1, []), (
            "the next wait counts from now"
        )
        async with desk.storage.reading() as uow:
            runs = await uow.escalation_steps.of(1)
        assert [(run.action, run.is_late) for run in runs] == [
            ("notify", False),
            ("wait", False),
            ("notify", True),
            ("wait", True),
        ]
        await desk.pass_time(10 * MINUTE)
        assert len(desk.messages("D0ANA")) == 1


async def test_a_policy_is_chosen_by_the_priority_that_the_ticket_has_then(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": "U0BO"}, escalation=PolicyNames(urgent="tried"))
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        assert (len(desk.messages(BOS_DM)), desk.messages(KIMS_DM)) == (1, [])
