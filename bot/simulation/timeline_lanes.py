"""What a timeline shows: a lane for each who is told, with its marks. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from routing import escalation_simulation as simulation
from routing.escalation_simulation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from routing.escalation_simulation import Told

MOST_PEOPLE = 6
"""Whoever is told in a larger company shares its lane."""
END = "end"
TICKET = "the ticket"
_CHANGES = {"raise_priority", "reassign"}
_LEVELS = 2


class Kind(StrEnum):
    """What a mark means."""

    SLACK = "told in Slack"
    PAGER = "paged"
    MAIL = "mailed"
    CHANGE = "changed"
    NOBODY = "nobody told"


_KINDS = {Lane.SLACK: Kind.SLACK, Lane.PAGER: Kind.PAGER, Lane.MAIL: Kind.MAIL}


class Mark(NamedTuple):
    """Something happens in a lane."""

    at: datetime
    steps: tuple[str, ...]
    """Numbers of steps, or `END`."""
    times: int = 1
    """How many marks have become one, because they would lie over each other."""

    @property
    def label(self) -> str:
        """`1, 4` or, of a step that runs again and again within little space, `5 times 1`."""
        steps = ", ".join(self.steps)
        return steps if self.times <= len(self.steps) else f"{self.times} times {steps}"


@dataclass(slots=True)
class Row:
    """One lane."""

    who: str
    """A Slack id, a channel, a pager, an address; else what a step asked for, where that was nobody."""
    kind: Kind
    note: str
    """Of a lane where nobody is told, why; else empty."""
    marks: list[Mark] = field(default_factory=list)


def rows(lines: Iterable[Told]) -> list[Row]:
    """The lanes, in the order in which they come into play."""
    found: dict[tuple[str, Kind], Row] = {}
    for line in lines:
        kind = _kind(line)
        if kind is None:
            continue
        for who in _lanes(line):
            row = found.setdefault((who, kind), Row(who, kind, line.skipped))
            _mark(row.marks, Mark(line.at, (END if line.step is None else str(line.step),)))
    return list(found.values())


def _mark(marks: list[Mark], mark: Mark) -> None:
    """What happens at the same moment is one mark."""
    if not marks or marks[-1].at != mark.at:
        marks.append(mark)
    elif mark.steps[0] not in marks[-1].steps:
        marks[-1] = marks[-1]._replace(steps=(*marks[-1].steps, *mark.steps))


def _kind(line: Told) -> Kind | None:
    """None for what has no lane: waits, repeats and whatever does not change anything."""
    if line.lane:
        return _KINDS[line.lane]
    if line.action in _CHANGES and not line.skipped:
        return Kind.CHANGE
    return Kind.NOBODY if line.action in simulation.CALLS else None


def _lanes(line: Told) -> Sequence[str]:
    if line.action in _CHANGES:
        return (TICKET,)
    if not line.lane:
        return line.what.split(", ")
    return line.whom if len(line.whom) <= MOST_PEOPLE else (f"{line.what} ({len(line.whom)})",)


def spread(marks: Iterable[Mark], *, width_of: Callable[[str], timedelta]) -> list[tuple[Mark, int]]:
    """The marks of a lane with the level that each stands on, so that none lies over another.

    What has no room on either of two levels becomes one with the mark before it.
    """
    levels: list[list[Mark]] = [[] for _ in range(_LEVELS)]
    for mark in marks:
        free = next((level for level in levels if not level or _is_clear(level[-1], mark, width_of)), None)
        if free is not None:
            free.append(mark)
            continue
        last = max(levels, key=lambda level: level[-1].at)
        before = last.pop()
        steps = tuple(dict.fromkeys((*before.steps, *mark.steps)))
        last.append(Mark(before.at, steps, before.times + mark.times))
    return [(mark, number) for number, level in enumerate(levels) for mark in level]


def _is_clear(before: Mark, mark: Mark, width_of: Callable[[str], timedelta]) -> bool:
    return mark.at - before.at >= (width_of(before.label) + width_of(mark.label)) / 2


def rounds(lines: Iterable[Told]) -> Iterator[tuple[int, datetime]]:
    """When each round begins, where there are several."""
    begins: dict[int, datetime] = {}
    for line in lines:
        begins.setdefault(line.round, line.at)
    if len(begins) > 1:
        yield from begins.items()
