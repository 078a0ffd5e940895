"""The steps of a policy, one after the other, as the clock goes on; and what ends them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from blocks.ids import Action
from bot import config as config_module
from bot.config_escalation import PolicyNames
from routing.escalation_policy import EscalationPolicy
from tests import desk as desk_module
from tests.acceptance.seen import thread, words
from tests.desk import ANA, BO, SUPPORT_YAML, option

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from tests.desk import Desk

BOS_DM, KIMS_DM, INCIDENTS, OPERATORS = "D0BO", "D0ONCALL", "C0INCIDENT", "C0OPS"
MINUTE = timedelta(minutes=1)


def configured(
    *steps: dict[str, Any],
    policy: dict[str, Any] | None = None,
    desk: dict[str, Any] | None = None,
    **queue: Any,
) -> SupportConfig:
    """The shipped desk with one policy for the billing queue."""
    config = config_module.load(SUPPORT_YAML)
    tried = EscalationPolicy.model_validate({"steps": steps} | (policy or {}))
    billing = config.queues["billing"].model_copy(update={"escalation": PolicyNames(default="tried")} | queue)
    return config.model_copy(
        update={
            "escalation_policies": {"tried": tried},
            "queues": config.queues | {"billing": billing},
            "desk": config.desk.model_copy(update=desk or {}),
        }
    )


def standing(desk: Desk, channel: str) -> list[dict[str, Any]]:
    """What stands in a channel itself, not in a thread."""
    return [message for message in desk.messages(channel) if not message.get("thread_ts")]


async def escalated(desk: Desk, **mail: Any) -> None:
    await desk.deliver(**mail)
    await desk.settle()
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.ESCALATE)
    await desk.submit(ANA, reason="The bank calls.", urgency=option("urgent"))


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
        shown = [
            *desk.messages(KIMS_DM),
            *desk.messages(BOS_DM),
            *standing(desk, INCIDENTS),
            desk.card("DB-1001"),
        ]
        assert all("Acknowledged by <@U0BO>" in words(message) for message in shown)


async def test_the_incident_channel_has_one_message_and_later_calls_stand_in_its_thread(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured({"notify": "on_call"}, {"wait": "5m"}, {"notify": ["U0BO", "U0ANA"]})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        await desk.pass_time(5 * MINUTE)
        (main,) = standing(desk, INCIDENTS)
        assert [note["text"] for note in thread(desk, main)] == ["🔔 <@U0BO> <@U0ANA>, you are needed here."]
        assert "<@U0ONCALL>, <@U0BO>, <@U0ANA>, <@U0ANA> needs you:" in words(main)
