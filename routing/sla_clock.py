"""One clock of a ticket: a promise, how much of its time is used, and whether it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from routing import sla_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.business_hours import BusinessHours
    from routing.sla_policy import Metric


class Outcome(StrEnum):
    """How a clock ended; stored strings, stable for ever."""

    MET = "met"
    """What was promised has happened, in time or too late."""
    STOPPED = "stopped"
    """Nobody waits for it any more: the ticket was resolved or merged without it."""


class Pause(NamedTuple):
    """Time that does not count."""

    start: datetime
    end: datetime | None
    """None while it lasts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A clock runs, is paused, or has ended."""

    metric: Metric
    number: int
    """Counts the clocks of this metric in the ticket, from 1."""
    started_at: datetime
    target: timedelta
    hours: BusinessHours | None
    """Only the time within these counts; None counts around the clock."""
    warn_at: float
    pauses: tuple[Pause, ...] = ()
    """In their order; only the last one may still last."""
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    due_at: datetime | None = None
    """When the time is, was or would have been used up; None while a pause came before."""
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    """The time that was due, once it has passed: found at the end of the clock, or before by its timer."""

    @property
    def is_paused(self) -> bool:
        """Whether it waits for the customer; what has ended waits for nobody."""
        return self.ended_at is None and bool(self.pauses) and self.pauses[-1].end is None

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and not self.is_paused

    @property
    def warning_at(self) -> datetime | None:
        """When so much is used that a warning is due; None while a pause came before."""
        return reached(self, self.target * self.warn_at)

    def used(self, now: datetime) -> timedelta:
        """The time that has counted, as it is measured."""
        ends = ((start, end or now) for start, end in runs(self))
        return sum((sla_policy.between(self.hours, *span) for span in ends), timedelta())

    def paused(self, now: datetime) -> timedelta:
        """The time that would have counted without the pauses."""
        last = self.ended_at or now
        spans = ((pause.start, pause.end or last) for pause in self.pauses)
        return sum((sla_policy.between(self.hours, *span) for span in spans), timedelta())


def runs(clock: Clock) -> Iterator[tuple[datetime, datetime | None]]:
    """The times in which it ran; the last one has no end while it still does."""
    start: datetime | None = clock.started_at
    for pause in clock.pauses:
        if start is not None:
            yield start, pause.start
        start = pause.end
    if start is not None:
        yield start, clock.ended_at


def reached(clock: Clock, amount: timedelta) -> datetime | None:
    """When so much time was used or will be, as if what has ended went on; None while a pause came before."""
    for start, end in runs(clock):
        at = sla_policy.add(clock.hours, start, amount)
        if end is None or at <= end or end == clock.ended_at:
            return at
        amount -= sla_policy.between(clock.hours, start, end)
    return None
