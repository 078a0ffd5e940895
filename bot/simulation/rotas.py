"""The on-call schedules of a desk, with what people have changed by hand, at any time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routing import schedule
from routing.escalation_policy import SCHEDULE_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from routing.schedule import Override, Rota, Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotas:
    """By name."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)
    overrides: Mapping[str, Sequence[Override]] = field(default_factory=dict)

    def name(self, target: str) -> str | None:
        """The schedule that is meant by what a queue or a step names; None for a user, a group or a channel."""
        name = target.removeprefix(SCHEDULE_PREFIX)
        return name if name in self.rotas else None

    def on_call_at(self, target: str, at: datetime) -> tuple[str, ...]:
        """Who is meant at a time: the people of a schedule, else whoever is named."""
        name = self.name(target)
        if name is None:
            return (target,)
        return schedule.on_call_at(self.rotas[name], self.overrides.get(name, ()), at)

    def shifts(self, name: str, start: datetime, end: datetime) -> tuple[Shift, ...]:
        """The whole time between two moments; where nobody is on call, a shift without people."""
        return schedule.shifts(self.rotas[name], self.overrides.get(name, ()), start, end)

    def next_shift(self, name: str, at: datetime) -> Shift | None:
        """The first shift of others after a time."""
        return schedule.next_shift(self.rotas[name], self.overrides.get(name, ()), at)
