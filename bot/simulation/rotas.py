"""The on-call schedules of a desk, with what people have changed by hand, at any time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bot.config_schedules import FedSchedule
from routing import schedule
from routing.escalation_policy import SCHEDULE_PREFIX
from routing.schedule import Timetable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.config import SupportConfig
    from bot.on_call.rosters import Roster
    from routing.schedule import Override, Rota, Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotas:
    """Everybody who may be meant by a name in support.yaml."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)
    """Schedules by name."""
    overrides: Mapping[str, Sequence[Override]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    """Schedules that a calendar elsewhere keeps, and of which there is no copy."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those of user groups, where Slack was asked."""

    @classmethod
    def written(cls, config: SupportConfig) -> Self:
        """As support.yaml has them: what people have changed is not in it, nor what calendars elsewhere say."""
        fed = frozenset(name for name, one in config.schedules.items() if isinstance(one, FedSchedule))
        rotas: dict[str, Rota] = {
            name: Timetable(()) if isinstance(one, FedSchedule) else one
            for name, one in config.schedules.items()
        }
        return cls(rotas=rotas, unread=fed)

    @classmethod
    def stored(cls, rosters: Mapping[str, Roster], config: SupportConfig) -> Self:
        """As the running desk has them."""
        return cls(
            rotas={name: roster.rota for name, roster in rosters.items()},
            overrides={name: roster.overrides for name, roster in rosters.items()},
            unread=frozenset(
                name
                for name, roster in rosters.items()
                if roster.copy is None and isinstance(config.schedules[name], FedSchedule)
            ),
        )

    def name(self, target: str) -> str | None:
        """The schedule that is meant by what a queue or a step names; None for a user, a group or a channel."""
        name = target.removeprefix(SCHEDULE_PREFIX)
        return name if name in self.rotas else None

    def on_call_at(self, target: str, at: datetime) -> tuple[str, ...]:
        """Who is meant at a time: the people of a schedule, the members of a group, else whoever is named."""
        name = self.name(target)
        if name is None:
            return self.members.get(target, (target,))
        return schedule.on_call_at(self.rotas[name], self.overrides.get(name, ()), at)

    def shifts(self, name: str, start: datetime, end: datetime) -> tuple[Shift, ...]:
        """The whole time between two moments; where nobody is on call, a shift without people."""
        return schedule.shifts(self.rotas[name], self.overrides.get(name, ()), start, end)

    def hand_over_after(self, name: str, at: datetime) -> datetime | None:
        """When others will be on call, or nobody."""
        return schedule.next_handover(self.rotas[name], self.overrides.get(name, ()), at)

    def next_after(self, name: str, at: datetime) -> Shift | None:
        """The first shift of others."""
        return schedule.next_shift(self.rotas[name], self.overrides.get(name, ()), at)
