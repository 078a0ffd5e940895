"""After a downtime what is overdue runs once, in order, and says that it is late."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests import desk as desk_module
from tests.acceptance.test_escalation_steps import BOS_DM, MINUTE, configured, escalated
from tests.desk import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox

ANAS_DM = "D0ANA"


async def test_an_overdue_step_runs_once_is_marked_late_and_the_next_wait_counts_from_then(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = configured(
        {"notify": "on_call"}, {"wait": "5m"}, {"notify": "U0BO"}, {"wait": "5m"}, {"notify": "U0ANA"}
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
    assert isinstance(sandbox.now, Watch)
    sandbox.now.put_forward(timedelta(hours=2))
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await desk.settle()
        assert (len(desk.messages(BOS_DM)), desk.messages(ANAS_DM)) == (1, [])
        await desk.pass_time(5 * MINUTE)
        assert (len(desk.messages(BOS_DM)), len(desk.messages(ANAS_DM))) == (1, 1)
        async with desk.storage.reading() as uow:
            steps = await uow.escalation_steps.of(1)
        assert [(step.action, step.is_late) for step in steps] == [
            ("notify", False),
            ("wait", False),
            ("notify", True),
            ("wait", True),
            ("notify", False),
        ]
