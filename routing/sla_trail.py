"""The clocks of a ticket, from its audit trail alone: whoever reads the same trail gets the same clocks.

A customer's mail starts them, our answer ends the response and pauses the resolution until the customer writes
again. Resolving or merging ends all, and reopening starts anew. What robots send moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from routing import sla_clock, sla_policy
from routing.sla_clock import Clock, Outcome, Pause
from routing.sla_policy import Metric, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from routing.ticket import AuditEntry

PROMISED, WARNED, BREACHED = "promised", "sla_warned", "sla_breached"
"""Actions of the audit trail that speak of clocks only."""

YES: Final = "yes"
"""What the details `automatic` (a robot wrote) and `waits` (a merged ticket's customer waits) say, if anything."""

_SPLIT_OFF: Final = "split_off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a trail says."""

    clocks: tuple[Clock, ...]
    """In the order in which they started."""
    policy: Policy | None
    """The newest promise; None for a ticket from before there were any."""
    is_customer_waiting: bool
    """Whether somebody has written and has no answer yet."""


def read(trail: Sequence[AuditEntry]) -> Account:
    """Go through the entries of one ticket, oldest first; those that move no clock may be left out."""
    story = _Story()
    at: datetime | None = None
    for entry in _of_this_ticket(trail):
        # Processes may have clocks that differ a little: time never runs backwards here.
        at = entry.at if at is None else max(at, entry.at)
        _STEPS[entry.action](story, entry, at)
    return Account(
        clocks=tuple(clock for part in story.parts if (clock := _clock(part))),
        policy=story.policy,
        is_customer_waiting=story.is_waiting,
    )


@dataclass(kw_only=True)
class _Part:
    """A clock in the making, also where nothing is promised: the ticket may move to a queue that does."""

    metric: Metric
    number: int
    started_at: datetime
    policy: Policy
    pauses: list[Pause] = field(default_factory=list)
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    warned_at: datetime | None = None
    is_told: bool = False
    """Whether its timer has found it breached."""

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].end is None

    def pause(self, at: datetime) -> None:
        if not self.is_paused:
            self.pauses.append(Pause(at, None))

    def resume(self, at: datetime) -> None:
        if self.is_paused:
            self.pauses[-1] = Pause(self.pauses[-1].start, at)

    def end(self, at: datetime, outcome: Outcome) -> None:
        self.resume(at)
        self.ended_at, self.outcome = at, outcome


@dataclass(kw_only=True)
class _Story:
    policy: Policy | None = None
    parts: list[_Part] = field(default_factory=list)
    is_open: bool = True
    is_waiting: bool = False
    has_responded: bool = False

    def going(self, *metrics: Metric) -> list[_Part]:
        return [part for part in self.parts if part.ended_at is None and part.metric in (metrics or Metric)]

    def of(self, metric: Metric) -> list[_Part]:
        return [part for part in self.parts if part.metric is metric]

    def start(self, metric: Metric, at: datetime) -> None:
        if not self.going(metric):
            number = len(self.of(metric)) + 1
            policy = self.policy or Policy()
            self.parts.append(_Part(metric=metric, number=number, started_at=at, policy=policy))

    def start_response(self, at: datetime) -> None:
        self.start(Metric.NEXT_RESPONSE if self.has_responded else Metric.FIRST_RESPONSE, at)


def _of_this_ticket(trail: Sequence[AuditEntry]) -> Iterator[AuditEntry]:
    """Without what was split off later: it was never about this ticket."""
    gone: set[tuple[str, str]] = set()
    kept = []
    for entry in reversed(trail):
        if entry.action == _SPLIT_OFF:
            gone |= {("joined", entry.detail.get("mail", "")), ("took_in", entry.detail.get("ticket", ""))}
        brought = entry.trace_id if entry.action == "joined" else entry.detail.get("ticket", "")
        if entry.action in _STEPS and (entry.action, brought) not in gone:
            kept.append(entry)
        elif entry.action == "took_in":
            gone.discard((entry.action, brought))  # an earlier merge of the same ticket had its own split
    return reversed(kept)


def _opened(story: _Story, entry: AuditEntry, at: datetime) -> None:
    if entry.detail.get("automatic") != YES:
        _customer_wrote(story, at)


_joined = _opened


def _took_in(story: _Story, entry: AuditEntry, at: datetime) -> None:
    if entry.detail.get("waits") == YES:
        _customer_wrote(story, at)


def _customer_wrote(story: _Story, at: datetime) -> None:
    story.is_waiting = True
    if not story.is_open:
        return  # if the mail opens the ticket again, the trail says so next
    story.start(Metric.RESOLUTION, at)
    for part in story.going(Metric.RESOLUTION):
        part.resume(at)
    story.start_response(at)


def _replied(story: _Story, _entry: AuditEntry, at: datetime) -> None:
    responses = story.going(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
    if not story.is_open and story.is_waiting:
        # It was written before the ticket was resolved, and has gone out after.
        responses = [part for part in _last(story) if part.outcome is Outcome.STOPPED]
    for part in responses:
        part.end(at, Outcome.MET)
    for part in story.going(Metric.RESOLUTION):
        part.pause(at)
    story.is_waiting, story.has_responded = False, True


def _last(story: _Story) -> list[_Part]:
    return (story.of(Metric.NEXT_RESPONSE) or story.of(Metric.FIRST_RESPONSE))[-1:]


def _resolved(story: _Story, _entry: AuditEntry, at: datetime) -> None:
    for part in story.going():
        part.end(at, Outcome.MET if part.metric is Metric.RESOLUTION else Outcome.STOPPED)
    story.is_open = False


def _merged(story: _Story, _entry: AuditEntry, at: datetime) -> None:
    for part in story.going():
        part.end(at, Outcome.STOPPED)
    story.is_open = False


def _reopened(story: _Story, _entry: AuditEntry, at: datetime) -> None:
    if story.is_open:
        return
    story.is_open = True
    story.start(Metric.RESOLUTION, at)
    if story.is_waiting:
        story.start_response(at)


def _promised(story: _Story, entry: AuditEntry, _at: datetime) -> None:
    """Another queue has promises of its own: what goes on goes on under them, and is warned of anew."""
    story.policy = sla_policy.read(entry.detail)
    for part in story.going():
        part.policy, part.warned_at, part.is_told = story.policy, None, False


def _warned(story: _Story, entry: AuditEntry, at: datetime) -> None:
    for part in _named(story, entry):
        part.warned_at = at


def _breached(story: _Story, entry: AuditEntry, _at: datetime) -> None:
    for part in _named(story, entry):
        part.is_told = True


def _named(story: _Story, entry: AuditEntry) -> Iterator[_Part]:
    metric, number = entry.detail["metric"], entry.detail["number"]
    return (part for part in story.parts if (part.metric, str(part.number)) == (metric, number))


_STEPS = {
    "ticket_opened": _opened,
    "joined": _joined,
    "took_in": _took_in,
    "reply_sent": _replied,
    "resolved": _resolved,
    "merged": _merged,
    "reopened": _reopened,
    "split_from": _reopened,
    PROMISED: _promised,
    WARNED: _warned,
    BREACHED: _breached,
}
ACTIONS: Final = frozenset(_STEPS) | {_SPLIT_OFF}
"""Actions of the audit trail that clocks are made of."""


def _clock(part: _Part) -> Clock | None:
    target = part.policy.target(part.metric)
    if target is None:
        return None
    clock = Clock(
        metric=part.metric,
        number=part.number,
        started_at=part.started_at,
        target=target,
        hours=part.policy.hours,
        warn_at=part.policy.warn_at,
        pauses=tuple(part.pauses),
        ended_at=part.ended_at,
        outcome=part.outcome,
        warned_at=part.warned_at,
    )
    due_at = sla_clock.reached(clock, clock.target)
    is_late = due_at is not None and part.ended_at is not None and part.ended_at > due_at
    return replace(clock, due_at=due_at, breached_at=due_at if part.is_told or is_late else None)
