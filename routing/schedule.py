"""Who is on call: schedules of layers, what people have changed by hand, and the shifts that come of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from pydantic import Field

from routing.business_hours import Zone  # noqa: TC001 - pydantic reads the annotations
from routing.rotation import Layer  # noqa: TC001 - as above
from routing.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_STRIDE = timedelta(days=14)
HORIZON = timedelta(days=100)
"""How far ahead a hand-over is looked for."""


class Rota(Protocol):
    """Whatever knows who is on call before anybody changes it by hand."""

    def people_at(self, at: datetime) -> tuple[str, ...]:
        """Slack user ids; empty for nobody."""

    def changes(self, start: datetime, end: datetime) -> Iterable[datetime]:
        """Each moment after `start` and before `end` at which that may change, in no order."""


class Shift(NamedTuple):
    """From when until before when the same people are on call; nobody where there are none."""

    start: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """Somebody takes over for a while."""

    start: datetime
    end: datetime
    person: str
    replaces: str | None = None
    """Who is relieved, if they are on call then; None for everybody."""

    def applied(self, people: tuple[str, ...]) -> tuple[str, ...]:
        """Who is on call with it, if `people` were without it."""
        if self.replaces is None:
            return (self.person,)
        return tuple(self.person if person == self.replaces else person for person in people)


class Schedule(Strict):
    """Layers in one time zone: where a later one has somebody, the earlier ones do not count."""

    zone: Zone = "UTC"
    layers: tuple[Layer, ...] = Field(min_length=1)

    def people_at(self, at: datetime) -> tuple[str, ...]:
        """Those of the last layer that has anybody."""
        zone = ZoneInfo(self.zone)
        found = (layer.people_at(at, zone) for layer in reversed(self.layers))
        return next(filter(None, found), ())

    def changes(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The changes of every layer."""
        zone = ZoneInfo(self.zone)
        for layer in self.layers:
            yield from layer.changes(start, end, zone)


class Timetable(NamedTuple):
    """A schedule that somebody else keeps: all its shifts, which may overlap."""

    shifts: tuple[Shift, ...]

    def people_at(self, at: datetime) -> tuple[str, ...]:
        """Everybody who has a shift."""
        return tuple(
            person for shift in self.shifts if shift.start <= at < shift.end for person in shift.people
        )

    def changes(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The beginnings and ends of the shifts."""
        edges = (edge for shift in self.shifts for edge in (shift.start, shift.end))
        return (edge for edge in edges if start < edge < end)


def on_call_at(rota: Rota, overrides: Iterable[Override], at: datetime) -> tuple[str, ...]:
    """Who is on call at an aware time, nobody twice; of two overrides the later one in order counts."""
    people = rota.people_at(at)
    for override in overrides:
        if override.start <= at < override.end:
            people = override.applied(people)
    return tuple(dict.fromkeys(people))


def shifts(rota: Rota, overrides: Sequence[Override], start: datetime, end: datetime) -> tuple[Shift, ...]:
    """The whole time between two moments as shifts in order; where nobody is on call, one without people."""
    found: list[Shift] = []
    moments = _moments(rota, overrides, start, end)
    for begins, ends in zip(moments, [*moments[1:], end], strict=True):
        people = on_call_at(rota, overrides, begins)
        if found and found[-1].people == people:
            begins = found.pop().start  # noqa: PLW2901 - the shift goes on
        found.append(Shift(begins, ends, people))
    return tuple(found)


def shifts_of(
    person: str, rota: Rota, overrides: Sequence[Override], start: datetime, end: datetime
) -> tuple[Shift, ...]:
    """When one person is on call, whoever is so beside them."""
    found: list[Shift] = []
    for shift in shifts(rota, overrides, start, end):
        if person not in shift.people:
            continue
        begins = found.pop().start if found and found[-1].end == shift.start else shift.start
        found.append(Shift(begins, shift.end, (person,)))
    return tuple(found)


def next_handover(rota: Rota, overrides: Sequence[Override], at: datetime) -> datetime | None:
    """The first moment after `at` when others are on call, or nobody; None if there is none within `HORIZON`."""
    people = on_call_at(rota, overrides, at)
    start, last = at, at + HORIZON
    while start < last:
        for moment in _moments(rota, overrides, start, min(start + _STRIDE, last)):
            if on_call_at(rota, overrides, moment) != people:
                return moment
        start += _STRIDE
    return None


def next_shift(rota: Rota, overrides: Sequence[Override], at: datetime) -> Shift | None:
    """The first shift of others after `at`, beyond any time without anybody; it may last until `HORIZON`."""
    begins = next_handover(rota, overrides, at)
    if begins and not on_call_at(rota, overrides, begins):
        begins = next_handover(rota, overrides, begins)
    if begins is None:
        return None
    ends = next_handover(rota, overrides, begins) or begins + HORIZON
    return Shift(begins, ends, on_call_at(rota, overrides, begins))


def _moments(rota: Rota, overrides: Iterable[Override], start: datetime, end: datetime) -> list[datetime]:
    """`start`, and in order each moment before `end` when something may change."""
    if start >= end:
        return []
    edges = (edge for override in overrides for edge in (override.start, override.end))
    return sorted({start, *rota.changes(start, end), *(edge for edge in edges if start < edge < end)})
