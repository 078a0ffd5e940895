"""The picture of a simulation: its lanes and marks, and that it is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.simulation import timeline, timeline_lanes
from bot.simulation.rotas import Rotas
from bot.simulation.timeline_lanes import Kind, Mark
from routing.decision import Priority
from tests.bot.simulation import desks

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 12, 24, 2, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 24, 3, 0)  # noqa: DTZ001 - what the clocks show
MINUTE = timedelta(minutes=1)


def marks(*minutes: int, step: str = "1") -> list[Mark]:
    return [Mark(START + minute * MINUTE, (step,)) for minute in minutes]


def test_everybody_has_a_lane_in_the_order_in_which_they_are_told() -> None:
    lines = desks.foretold(NIGHT, priority=Priority.URGENT).lines
    assert [(row.who, row.kind) for row in timeline_lanes.rows(lines)] == [
        ("U0KIM", Kind.SLACK),
        ("#incidents", Kind.SLACK),
        ("pd", Kind.PAGER),
        ("#ops", Kind.SLACK),
        ("boss@desk.example", Kind.MAIL),
    ]


def test_what_a_step_asked_for_has_a_lane_where_that_was_nobody() -> None:
    row = timeline_lanes.rows(desks.foretold(NIGHT.replace(hour=12)).lines)[0]
    assert (row.who, row.kind, row.note) == ("on_call", Kind.NOBODY, "nobody is on call then")


def test_what_happens_to_somebody_at_the_same_moment_is_one_mark() -> None:
    call = desks.foretold(NIGHT).lines[0]
    (row,) = timeline_lanes.rows([call, call, replace(call, step=2), replace(call, step=None)])
    assert [mark.label for mark in row.marks] == ["1, 2, end"]


def test_marks_that_would_lie_over_each_other_stand_on_two_levels() -> None:
    placed = timeline_lanes.spread(marks(0, 5, 60), width_of=lambda _: 10 * MINUTE)
    assert [((mark.at - START) // MINUTE, level) for mark, level in placed] == [(0, 0), (60, 0), (5, 1)]


def test_marks_without_room_on_either_level_become_one_that_counts_them() -> None:
    placed = timeline_lanes.spread(marks(0, 1, 2, 3), width_of=lambda _: 10 * MINUTE)
    assert [mark.label for mark, _ in placed] == ["1", "3 times 1"]


def test_a_large_company_shares_a_lane() -> None:
    lines = desks.foretold(NIGHT).lines
    everyone = next(line for line in lines if line.what == "everyone")
    crowd = replace(everyone, whom=tuple(f"U0{number}" for number in range(9)))
    assert [row.who for row in timeline_lanes.rows([crowd])] == ["everyone (9)"]


def test_the_same_simulation_gives_the_same_picture(tmp_path: Path) -> None:
    found, rotas = desks.foretold(NIGHT), Rotas.written(desks.desk())
    for name, beginning in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        first, second = tmp_path / name, tmp_path / f"again-{name}"
        timeline.draw(first, found, rotas, names=str)
        timeline.draw(second, found, rotas, names=str)
        assert first.read_bytes().startswith(beginning)
        assert first.read_bytes() == second.read_bytes()
