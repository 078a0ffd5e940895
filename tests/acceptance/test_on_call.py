"""On-call: who it is, overrides, swaps, and what people are told of their shifts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from blocks.ids import Action
from bot import config as config_module
from bot.clock import utc_now
from bot.config_schedules import Schedule
from bot.on_call import tasks
from tests import desk as desk_module
from tests.acceptance.seen import eventually, words
from tests.desk import ANA, BO, KIM, option

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from tests.desk import Desk

ANAS_DM, BOS_DM, KIMS_DM = "D0ANA", "D0BO", "D0ONCALL"
HOUR = timedelta(hours=1)


@dataclass
class Clock:
    """The real time, until it is moved on; presses need it to be the truth."""

    later: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.later


def hourly(**changes: Any) -> dict[str, Any]:
    """Ana's hour has begun twenty minutes ago; Bo's and Kim's follow."""
    began_at = utc_now() - timedelta(minutes=20)
    layer = {
        "rotation": "every 1 hour",
        "starts": str((began_at - timedelta(days=1)).date()),
        "hand_over": f"{began_at:%H:%M}",
        "people": [ANA, BO, KIM],
    }
    return {"layers": [layer]} | changes


def on_call_by(**schedules: dict[str, Any]) -> SupportConfig:
    """The shipped configuration with other schedules; the queue billing calls `support`."""
    config = config_module.load(desk_module.SUPPORT_YAML)
    billing = config.queues["billing"].model_copy(update={"on_call": "support"})
    read = TypeAdapter(dict[str, Schedule]).validate_python(schedules)
    return config.model_copy(update={"schedules": read, "queues": config.queues | {"billing": billing}})


async def trail(desk: Desk) -> list[str]:
    async with desk.storage.reading() as uow:
        return [step.action for step in await uow.audit.for_trace(tasks.TRACE)]


async def test_the_shipped_schedule_says_who_is_on_call_now_and_next(desk: Desk) -> None:
    shown = words(await desk.command(ANA, "/support oncall"))
    assert "*support*" in shown
    assert "*Now*  <@U0" in shown
    assert "until <!date^" in shown
    assert "*Next*  <@U0" in shown


@pytest.mark.parametrize("mention", ["@bo", "@Bo Lindqvist", "<@U0BO|bo>", "<@U0BO>"])
async def test_an_override_counts_at_once_and_whom_it_puts_on_call_is_told(
    sandbox: Sandbox, tmp_path: Path, mention: str
) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        await desk.settle()
        assert "*Now*  <@U0ANA> until" in words(await desk.command(KIM, "/support oncall"))
        answer = await desk.command(KIM, f"/support oncall override {mention} for 10m")
        assert "for *support* <@U0BO> is on call from" in words(answer)
        assert "*Now*  <@U0BO> until" in words(await desk.command(KIM, "/support oncall support"))
        await desk.settle()
        told = [words(message) for message in desk.messages(BOS_DM)]
        assert len(told) == 2
        assert "<@U0ONCALL> has put you on call for *support* from" in told[0]
        assert "You are on call for *support* now until" in told[1]
        (told_ana,) = desk.messages(ANAS_DM)
        assert "Your shift for *support* is over. On call now: <@U0BO>." in words(told_ana)


async def test_an_override_is_undone_once(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        await desk.settle()
        answer = await desk.command(BO, "/support oncall override @kim instead of @ana for 2h")
        assert "<@U0ONCALL> instead of <@U0ANA>" in words(answer)
        await desk.press(BO, answer, Action.UNDO_OVERRIDE)
        assert "*Now*  <@U0ANA> until" in words(await desk.command(BO, "/support oncall"))
        await desk.press(BO, answer, Action.UNDO_OVERRIDE)
        assert desk.whispers(BO)[-1] == "This override is over, or was taken back already."
        assert await trail(desk) == ["overridden", "override_cancelled"]
        assert any("has taken back that <@U0ONCALL>" in words(told) for told in desk.messages(KIMS_DM))


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("override @bo", "Until when? write"),
        ("override @bo until 2026-01-01", "That time is over before it begins."),
        ("override @bo for 200d", "That is longer than 90 days."),
        ("override @nobody for 2h", "Nobody goes by the name @nobody here."),
        ("override bo for 2h", "Who? Write for example"),
        ("swap", "With whom? Write for example"),
        ("swap @ana", "That is you."),
        ("swap @bo 2020-13-01", "Which shift?"),
        ("swap @bo 9999", "You have no such shift ahead."),
        ("night", "Write `/support oncall`"),
    ],
)
async def test_what_cannot_be_done_is_said(desk: Desk, line: str, answer: str) -> None:
    assert (await desk.command(ANA, f"/support oncall {line}"))["text"].startswith(answer)


async def test_of_several_schedules_one_must_be_named(sandbox: Sandbox, tmp_path: Path) -> None:
    config = on_call_by(support=hourly(), night=hourly())
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        answer = await desk.command(ANA, "/support oncall override @bo for 2h")
        assert (
            answer["text"] == "Which schedule? Write its name after `oncall`; there are `support`, `night`."
        )
        answer = await desk.command(ANA, "/support oncall night override @bo for 2h")
        assert "for *night* <@U0BO>" in words(answer)


async def test_a_swap_is_accepted_once_by_whom_it_asks_and_both_are_told(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        await desk.settle()
        answer = await desk.command(BO, "/support oncall swap @kim")
        assert "<@U0ONCALL> is asked to take your shift for *support* from" in words(answer)
        await desk.settle()
        again = await desk.command(BO, "/support oncall swap @ana")
        assert again["text"] == "Somebody is being asked for this shift already."
        (question,) = desk.messages(KIMS_DM)
        assert "<@U0BO> asks you to take their shift for *support*" in words(question)
        await desk.press(ANA, question, Action.ACCEPT_SWAP)
        assert desk.whispers(ANA)[-1] == "Only <@U0ONCALL> can answer this."
        await desk.press(KIM, question, Action.ACCEPT_SWAP)
        question_now = desk.messages(KIMS_DM)[0]
        assert "You have taken it." in words(question_now)
        assert "Accept" not in words(question_now)
        (told,) = desk.messages(BOS_DM)
        assert "<@U0ONCALL> takes your shift for *support*" in words(told)
        await desk.press(KIM, question, Action.DECLINE_SWAP)
        assert desk.whispers(KIM)[-1] == "This is accepted already."
        shown = words(await desk.command(ANA, "/support oncall"))
        assert "*Next*  <@U0ONCALL> from" in shown
        assert "<@U0ONCALL> instead of <@U0BO> is on call" in shown
        assert await trail(desk) == ["swap_asked", "overridden", "swap_accepted"]


async def test_a_declined_swap_changes_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        await desk.command(BO, "/support oncall swap @kim")
        await desk.settle()
        (question,) = desk.messages(KIMS_DM)
        await desk.press(KIM, question, Action.DECLINE_SWAP)
        (told,) = desk.messages(BOS_DM)
        assert "<@U0ONCALL> does not take your shift" in words(told)
        assert "*Next*  <@U0BO> from" in words(await desk.command(ANA, "/support oncall"))


async def test_a_swap_that_nobody_answers_ends_when_the_shift_begins(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    clock = Clock()
    config = on_call_by(support=hourly())
    async with desk_module.running(sandbox, tmp_path, config=config, clock=clock) as desk:
        await desk.command(BO, "/support oncall swap @kim")
        await desk.settle()
        clock.later = HOUR
        await eventually(lambda: "The shift began before you answered" in words(desk.messages(KIMS_DM)[0]))
        await eventually(
            lambda: any("did not answer in time" in words(told) for told in desk.messages(BOS_DM))
        )


async def test_at_a_hand_over_both_are_told_once_and_the_user_group_follows(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    clock = Clock()
    config = on_call_by(support=hourly(user_group="S0ONCALL"))

    def group() -> Any:
        return (sandbox.slack.workspace.store.get("usergroup", "S0ONCALL") or {}).get("users")

    async with desk_module.running(sandbox, tmp_path, config=config, clock=clock) as desk:
        await eventually(lambda: group() == [ANA])
        assert desk.messages(ANAS_DM) == [], "a start tells nobody what they know"
        clock.later = HOUR
        await eventually(lambda: group() == [BO])
        (told_bo,), (told_ana,) = await eventually(
            lambda: (
                (desk.messages(BOS_DM), desk.messages(ANAS_DM))
                if desk.messages(BOS_DM) and desk.messages(ANAS_DM)
                else None
            )
        )
        assert "You are on call for *support* now until" in words(told_bo)
        assert "Your shift for *support* is over. On call now: <@U0BO>." in words(told_ana)
    clock.later = 2 * HOUR
    async with desk_module.running(sandbox, tmp_path, config=config, clock=clock) as desk:
        await eventually(lambda: desk.messages(KIMS_DM))
        await eventually(lambda: len(desk.messages(BOS_DM)) == 2)
        await eventually(lambda: group() == [KIM])
    async with desk_module.running(sandbox, tmp_path, config=config, clock=clock) as desk:
        await desk.settle()
        assert [len(desk.messages(dm)) for dm in (ANAS_DM, BOS_DM, KIMS_DM)] == [1, 2, 1]


async def test_timers_become_one_however_often_the_desk_starts(sandbox: Sandbox, tmp_path: Path) -> None:
    config = on_call_by(support=hourly())
    for _ in range(3):
        async with desk_module.running(sandbox, tmp_path, config=config) as desk:
            await desk.settle()
            async with desk.storage.reading() as uow:
                # Of the schedule, and of the retention.
                assert await uow.outbox.counts(desk.clock()) == {"scheduled": 2}


async def test_escalating_pages_whoever_is_on_call_by_the_schedule(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        await desk.deliver()
        await desk.command(ANA, "/support oncall override <@U0BO|bo> for 10m")
        await desk.settle()
        view = await desk.open_modal(ANA, desk.card("DB-1001"), Action.ESCALATE)
        assert "On call now: <@U0BO>." in words(view)
        await desk.submit(ANA, reason="The bank calls.", urgency=option("urgent"))
        assert "<@U0BO>, <@U0ANA> needs you:" in words(desk.messages(BOS_DM)[-1])
        assert "Escalated to <@U0BO> by <@U0ANA>" in words(desk.card("DB-1001"))


async def test_where_nobody_is_on_call_the_operators_are_told(sandbox: Sandbox, tmp_path: Path) -> None:
    later = {"layers": [{"starts": "2099-01-01", "people": [ANA]}]}
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=later)) as desk:
        await desk.deliver()
        await desk.settle()
        view = await desk.open_modal(ANA, desk.card("DB-1001"), Action.ESCALATE)
        assert "Nobody is on call now." in words(view)
        await desk.submit(ANA, reason="The bank calls.", urgency=option("urgent"))
        (notice,) = desk.messages("C0OPS")
        assert "DB-1001: step 1 of the escalation (notify) reaches nobody: nobody is on call" in words(notice)
        assert len(desk.messages("C0INCIDENT")) == 1
        assert "*Now*  nobody" in words(await desk.command(ANA, "/support oncall"))


async def test_the_home_shows_my_shifts(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        for person, expected in ((ANA, "*Now*, *support* until"), (BO, "*support* from <!date^")):
            await desk.sandbox.events.open_home(person)
            await desk.settle()
            assert expected in words(desk.sandbox.slack.modals.home(person) or {})


async def test_a_user_group_that_cannot_be_set_is_told_once_a_day(sandbox: Sandbox, tmp_path: Path) -> None:
    config = on_call_by(support=hourly(user_group="S0GONE"))
    for _ in range(2):
        async with desk_module.running(sandbox, tmp_path, config=config) as desk:
            await desk.settle()
            (notice,) = desk.messages("C0OPS")
            assert "The user group of the schedule support stays as it is" in words(notice)


async def test_who_is_asked_to_swap_and_is_not_reached_is_told_to_the_one_who_asked(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with desk_module.running(sandbox, tmp_path, config=on_call_by(support=hourly())) as desk:
        await desk.settle()
        await desk.command(BO, "/support oncall swap <@U0GONE>")
        await desk.settle()
        (told,) = desk.messages(BOS_DM)
        assert "Slack does not reach <@U0GONE>: nobody was asked" in words(told)


async def test_a_schedule_that_a_reload_brings_is_watched(sandbox: Sandbox, tmp_path: Path) -> None:
    changed = tmp_path / "support.yaml"
    text = desk_module.SUPPORT_YAML.read_text(encoding="utf-8")
    changed.write_text(text, encoding="utf-8")
    clock = Clock()
    chosen = {"clock": clock, "deskbell_config": changed}
    async with desk_module.running(sandbox, tmp_path, **chosen) as desk:
        night = "  night: {layers: [{starts: 2026-01-05, people: [U0ANA]}]}"
        changed.write_text(text.replace("schedules:\n", f"schedules:\n{night}\n"), encoding="utf-8")
        await desk.command(ANA, "/support reload")
        clock.later = timedelta(minutes=1)
        await eventually_announced(desk, "night")


async def eventually_announced(desk: Desk, schedule: str) -> None:
    async with asyncio.timeout(15):
        while True:
            async with desk.storage.reading() as uow:
                if await uow.announced_shifts.of(schedule) == (ANA,):
                    return
            await asyncio.sleep(0.01)
