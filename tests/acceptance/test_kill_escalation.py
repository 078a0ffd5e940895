"""The process is killed again and again while an escalation runs: every step is seen once, by people and by pagers."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from routing.escalation import EscalationState
from tests.acceptance.process import DeskProcess
from tests.acceptance.seen import drained, thread
from tests.desk import SUPPORT_YAML
from tests.pagers import PagerDutyServer

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

POLICY = """
  relentless:
    steps:
      - notify: on_call
      - page: pd
      - wait: 1s
      - notify: [U0BO, U0ANA]
      - wait: 1s
      - raise_priority: urgent
      - notify: U0BO
      - wait: 1s
      - repeat: 1
"""
KILLS = 8


def config_file(folder: Path, pager_url: str) -> Path:
    """The shipped desk, whose billing queue follows the policy."""
    text = SUPPORT_YAML.read_text(encoding="utf-8")
    queue = "    sla: {default: 4h, gold: 1h}\n"
    assert queue in text
    text = text.replace(queue, f"{queue}    escalation: relentless\n", 1)
    text = text.replace("escalation_policies:\n", f"escalation_policies:{POLICY}", 1)
    path = folder / "support.yaml"
    path.write_text(f"{text}\npagers: {{pd: {{kind: pagerduty, url: '{pager_url}'}}}}\n", encoding="utf-8")
    return path


async def state_of(desk: Desk) -> EscalationState:
    async with desk.storage.reading() as uow:
        return (await uow.escalations.get(1)).state


@pytest.mark.timeout(180)
async def test_every_step_of_an_escalation_is_seen_once_however_often_the_process_dies(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    server, chance = PagerDutyServer(), Random(5)  # noqa: S311 - the same moments at every run
    async with server.running():
        process = DeskProcess(
            sandbox,
            tmp_path,
            DESKBELL_CONFIG=str(config_file(tmp_path, server.url)),
            DESKBELL_PAGER_SECRETS__PD=server.secret,
        )
        await process.start()
        desk = process.desk
        assert (await desk.deliver(subject="URGENT: refund for my invoice")).status_code == 200
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.02, 0.9))
            await process.kill()
            await process.start()
        while await state_of(desk) is not EscalationState.EXHAUSTED:
            await asyncio.sleep(0.05)
        await drained(desk)
        await process.close()
    pages = {name: len(desk.messages(f"D0{name}")) for name in ("ONCALL", "BO", "ANA")}
    assert pages == {"ONCALL": 2, "BO": 4, "ANA": 2}
    main = [message for message in desk.messages("C0INCIDENT") if not message.get("thread_ts")]
    assert len(main) == 1
    notes = Counter(note["text"] for note in thread(desk, main[0]))
    assert [text for text, count in notes.items() if count > 2] == []
    assert len(server.opened) == 1, "one alert, however often it was told of it"
    async with desk.storage.reading() as uow:
        steps = await uow.escalation_steps.of(1)
    assert [(step.lap, step.position) for step in steps] == [
        (lap, position) for lap in (1, 2) for position in range(9)
    ]
