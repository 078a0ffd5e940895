"""What `deskbell oncall` foretells is what a desk then does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.simulation import forecast
from bot.simulation.rotas import Rotas
from routing import escalation_simulation as simulation
from routing.decision import Priority
from routing.escalation import Trigger
from routing.escalation_simulation import Assumption
from tests import desk as desk_module
from tests.acceptance.policies import INCIDENTS, MINUTE, OPERATORS, configured, escalated, standing
from tests.acceptance.seen import words

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from routing.escalation_simulation import Told
    from tests.desk import Desk

Runs = list[tuple[int, int, int, set[str]]]
"""Of each step that has run: the minute, the round, the number, and who was called."""


def foretold(config: SupportConfig, at: datetime) -> tuple[Told, ...]:
    ticket = Assumption(queue="billing", priority=Priority.URGENT)
    wish = forecast.Wish(ticket=ticket, trigger=Trigger.PRESSED, at=at, zone=ZoneInfo("UTC"))
    return forecast.make(config, wish, Rotas.written(config)).lines


def steps(lines: tuple[Told, ...], start: datetime) -> Runs:
    found: dict[tuple[int, int], tuple[int, int, int, set[str]]] = {}
    for line in lines:
        if line.step and line.action not in {simulation.POST, simulation.UNREACHED}:
            minute = round((line.at - start) / MINUTE)
            run = found.setdefault((line.round, line.step), (minute, line.round, line.step, set()))
            run[3].update(line.whom)
    return list(found.values())


async def done(desk: Desk) -> tuple[datetime, Runs]:
    async with desk.storage.reading() as uow:
        escalation = await uow.escalations.get(1)
        runs = await uow.escalation_steps.of(1)
    start = escalation.started_at
    in_order = sorted(runs, key=lambda run: (run.lap, run.position))
    return start, [
        (round((run.due_at - start) / MINUTE), run.lap, run.position + 1, set(run.called)) for run in in_order
    ]


@pytest.mark.parametrize(
    "policy",
    [
        (
            {"notify": ["on_call", "assignee"]},
            {"wait": "10m"},
            {"notify": "round_robin", "only_if": {"unclaimed": True}},
            {"notify": "U0KIM", "only_if": {"unclaimed": False}},
            {"raise_priority": "urgent"},
            {"wait": "10m"},
            {"reassign": "tech"},
            {"notify": ["on_call", "everyone", "#tech"]},
            {"wait": "10m"},
            {"repeat": 1},
        ),
        ({"notify": "assignee"}, {"wait": "30m"}, {"notify": "schedule:support"}),
        ({"notify": "on_call"}, {"only_if": {"unclaimed": False}}, {"notify": "everyone"}),
        ({"notify": "assignee"}, {"wait": "10m"}, {"repeat": 2}),
    ],
)
async def test_every_step_runs_when_it_was_foretold_and_calls_whom_it_was_foretold_to_call(
    sandbox: Sandbox, tmp_path: Path, policy: tuple[dict[str, Any], ...]
) -> None:
    config = configured(*policy, people=("U0BO", "U0ANA"))
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await escalated(desk)
        for _ in range(7):
            await desk.pass_time(10 * MINUTE)
        start, ran = await done(desk)
        lines = foretold(config, start)
        assert ran == steps(lines, start)
        warned = [notice for notice in desk.messages(OPERATORS) if "DB-1001" in words(notice)]
        assert len(warned) == sum(is_told_to_operators(line) for line in lines)
        assert len(standing(desk, INCIDENTS)) == 1


def is_told_to_operators(line: Told) -> bool:
    return line.what == simulation.OPERATORS and line.lane is not None
