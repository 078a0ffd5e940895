"""A running escalation: which step is next and when, and what a person or the clock does to it.

Pure: every change gives a new value of the next generation, or says why it cannot be. Whoever writes it down does so
only over the generation that it was made from, so of two who change it at once one starts again from what the other
left. The timer of a step carries the generation that it was set for; in any other it has nothing left to do. So
whatever is acknowledged, snoozed or ended has no step that could still run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from routing.decision import Priority  # noqa: TC001 - kept importable for readers of the annotations

if TYPE_CHECKING:
    from routing.escalation_policy import EscalationPolicy, Step

ANSWER_TIME = timedelta(minutes=10)
"""How long people have to answer where the policy says nothing: those whom its last step calls, before it is exhausted,
and somebody whom it was handed to, before it begins again."""


class EscalationState(StrEnum):
    """Stored strings, stable for ever."""

    RUNNING = "running"
    """A step is due, now or later."""
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    """It begins again at a time that a person has chosen."""
    EXHAUSTED = "exhausted"
    """The policy has no step left and nobody has acknowledged; somebody still may."""
    ENDED = "ended"


class Trigger(StrEnum):
    """What started it; stored strings, stable for ever."""

    PRESSED = "pressed"
    URGENT_WORD = "urgent_word"
    UNCLAIMED = "unclaimed"
    SLA_WARNING = "sla_warning"
    SLA_BREACH = "sla_breach"
    PRIORITY = "priority"
    INCIDENT = "incident"


class Due(StrEnum):
    """What the timer of an escalation is for."""

    STEP = "step"
    ASK = "ask"
    RELEASE = "release"
    WAKE = "wake"


class NotPossibleError(Exception):
    """What somebody wants does not fit the state that the escalation is in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """A call for help about one ticket, by a policy as it was when it started."""

    id: int
    ticket_id: int
    trigger: Trigger
    reason: str
    urgency: Priority
    target: str
    """Who is on call for the queue, as the queue names it: a Slack user (`U…`), a user group (`S…`) or a schedule."""
    started_by: str
    """The agent who asked for it, or `DESKBELL`."""
    started_at: datetime
    policy: EscalationPolicy
    state: EscalationState = EscalationState.RUNNING
    generation: int = 1
    """Grows by one with every change."""
    lap: int = 1
    """How often the policy has begun: with `position` it names one run of one step."""
    repeats: int = 0
    """How often `repeat` has begun it again since a person last did."""
    position: int = 0
    """Index of the step that is next; behind the last one while those whom it called have time to answer."""
    next_at: datetime | None = None
    """When something is due; None where the clock will not change it."""
    is_unanswered: bool = False
    """Whether the last step that calls people found nobody to call."""
    is_asked: bool = False
    """Whether who acknowledged has been asked since their last sign of progress."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    snoozed_by: str | None = None
    ended_at: datetime | None = None
    ended_because: str | None = None
    ended_by: str | None = None
    """The agent who ended it, or `DESKBELL`."""

    @property
    def is_open(self) -> bool:
        """Whether it may still want somebody."""
        return self.state is not EscalationState.ENDED

    @property
    def step(self) -> Step | None:
        """The step that is next; None behind the last one."""
        steps = self.policy.steps
        return steps[self.position] if self.position < len(steps) else None

    @property
    def upcoming(self) -> Step | None:
        """What its next steps come to, up to the next wait: the first that calls somebody, or else the first."""
        steps = list(takewhile(lambda step: step.wait is None, self.policy.steps[self.position :]))
        calls = (step for step in steps if step.notify or step.page)
        return next(calls, steps[0] if steps else self.step)

    @property
    def first_lap(self) -> int:
        """The round with which the policy began when a person, or the lack of one, last made it."""
        return self.lap - self.repeats

    @property
    def due(self) -> Due | None:
        """What its timer is for; None where it has none."""
        if self.next_at is None:
            return None
        if self.state is EscalationState.ACKNOWLEDGED:
            return Due.RELEASE if self.is_asked else Due.ASK
        return Due.WAKE if self.state is EscalationState.SNOOZED else Due.STEP


@dataclass(frozen=True, kw_only=True, slots=True)
class Responder:
    """Somebody whom a person has called, besides the steps."""

    person: str
    asked_by: str
    asked_at: datetime
    is_in_charge: bool
    """Whether it was handed over to them; else they were asked to join."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRun:
    """One step that has run, or was passed over: `lap` and `position` name it."""

    lap: int
    position: int
    action: str
    due_at: datetime
    ran_at: datetime
    is_late: bool
    outcome: str
    """What came of it, in words."""
    called: tuple[str, ...] = ()
    """Whom it called: Slack ids of people and user groups, channels, pagers."""
    calls: int = 0
    """How many messages it sends, as far as that is known: a user group becomes one for each member."""
    failed: int = 0
    """How many of them did not arrive, for good."""


def stepped(escalation: Escalation, *, held: bool, reached: bool = True, now: datetime) -> Escalation:
    """The step that was due has run, or was passed over because its `only_if` did not hold.

    `reached` says of `notify` and `page` whether there was anybody to call; with nobody, the wait that follows is left
    out, unless the policy would only begin again behind it. Where no step is left, nobody has answered in time.
    """
    step = escalation.step
    if escalation.due is not Due.STEP:
        raise NotPossibleError("no step is due")
    if step is None:
        return _exhausted(escalation)
    if not held:
        is_gate = step.action == "only_if"
        return _exhausted(escalation) if is_gate else _advanced(escalation, next_at=now)
    if step.wait is not None:
        return _waited(escalation, step.wait, now)
    if step.stop:
        return _exhausted(escalation)
    if step.repeat is not None:
        return _repeated(escalation, step.repeat, now)
    is_call = step.notify is not None or step.page is not None
    unanswered = not reached if is_call else escalation.is_unanswered
    return _advanced(escalation, next_at=now, is_unanswered=unanswered)


def _waited(escalation: Escalation, wait: timedelta, now: datetime) -> Escalation:
    is_futile = escalation.is_unanswered and not _begins_again(escalation, escalation.position + 1)
    return _advanced(escalation, next_at=now if is_futile else now + wait, is_unanswered=False)


def _begins_again(escalation: Escalation, position: int) -> bool:
    steps = escalation.policy.steps
    return position < len(steps) and steps[position].repeat is not None


def _repeated(escalation: Escalation, most: int, now: datetime) -> Escalation:
    if escalation.repeats >= most:
        return _advanced(escalation, next_at=now)
    return _begun(escalation, now, repeats=escalation.repeats + 1)


def _advanced(escalation: Escalation, **changes: Any) -> Escalation:
    after = _next(escalation, position=escalation.position + 1, **changes)
    if after.step:
        return after
    if _awaits_answer(after):
        return replace(after, next_at=changes["next_at"] + ANSWER_TIME)
    return replace(after, state=EscalationState.EXHAUSTED, next_at=None)


def _awaits_answer(escalation: Escalation) -> bool:
    """Whether somebody was called since the last wait."""
    behind = takewhile(lambda step: step.wait is None, reversed(escalation.policy.steps))
    return not escalation.is_unanswered and any(step.notify or step.page for step in behind)


def _begun(escalation: Escalation, at: datetime, **changes: Any) -> Escalation:
    values = {"repeats": 0, "is_unanswered": False, "is_asked": False} | changes
    return _next(
        escalation,
        state=EscalationState.RUNNING,
        lap=escalation.lap + 1,
        position=0,
        next_at=at,
        acknowledged_by=None,
        acknowledged_at=None,
        snoozed_by=None,
        **values,
    )


def _exhausted(escalation: Escalation) -> Escalation:
    return _next(escalation, state=EscalationState.EXHAUSTED, next_at=None)


def hastened(escalation: Escalation, *, lap: int, position: int, now: datetime) -> Escalation | None:
    """Nobody whom a step called could be reached after all: what waits behind it does not wait.

    None where it has gone on already, or where the policy would only begin again.
    """
    behind = escalation.policy.steps[position + 1 : escalation.position]
    has_called_again = any(step.notify or step.page for step in behind)
    is_waiting = escalation.due is Due.STEP and (escalation.next_at or now) > now
    if escalation.lap != lap or not is_waiting or has_called_again:
        return None
    return None if _begins_again(escalation, escalation.position) else _next(escalation, next_at=now)


def acknowledged(escalation: Escalation, *, by: str, now: datetime) -> Escalation:
    """Somebody takes it, and no step runs from now on; they are asked later if nothing follows."""
    _refuse(escalation, EscalationState.ACKNOWLEDGED, EscalationState.ENDED)
    ask_after = escalation.policy.ask_after
    return _next(
        escalation,
        state=EscalationState.ACKNOWLEDGED,
        acknowledged_by=by,
        acknowledged_at=now,
        snoozed_by=None,
        is_asked=False,
        next_at=now + ask_after if ask_after else None,
    )


def progressed(escalation: Escalation, *, now: datetime) -> Escalation | None:
    """Something was done about the ticket; None where nobody would be asked about it."""
    if escalation.state is not EscalationState.ACKNOWLEDGED or escalation.policy.ask_after is None:
        return None
    return _next(escalation, is_asked=False, next_at=now + escalation.policy.ask_after)


def asked(escalation: Escalation, *, now: datetime) -> Escalation:
    """Who acknowledged is asked whether they are still on it."""
    if escalation.due is not Due.ASK:
        raise NotPossibleError("nobody is to be asked")
    return _next(escalation, is_asked=True, next_at=now + escalation.policy.release_after)


def released(escalation: Escalation, *, now: datetime) -> Escalation:
    """Who acknowledged gives it back, or has not answered: the policy begins again."""
    if escalation.state is not EscalationState.ACKNOWLEDGED:
        raise NotPossibleError("nobody has acknowledged it")
    return _begun(escalation, now)


def snoozed(escalation: Escalation, *, by: str, until: datetime) -> Escalation:
    """Nobody is called until then; then the policy begins again."""
    _refuse(escalation, EscalationState.ENDED)
    return _next(
        escalation,
        state=EscalationState.SNOOZED,
        next_at=until,
        snoozed_by=by,
        is_asked=False,
        acknowledged_by=None,
        acknowledged_at=None,
    )


def woken(escalation: Escalation, *, now: datetime) -> Escalation:
    """The snooze is over."""
    if escalation.due is not Due.WAKE:
        raise NotPossibleError("it does not sleep")
    return _begun(escalation, now)


def handed_over(escalation: Escalation, *, now: datetime) -> Escalation:
    """Somebody else is asked to take it; without their answer the policy begins again."""
    _refuse(escalation, EscalationState.ENDED)
    return _begun(escalation, now + ANSWER_TIME)


def begun_again(escalation: Escalation, *, now: datetime) -> Escalation:
    """Somebody asks for help once more: the policy begins again, unless it runs already."""
    _refuse(escalation, EscalationState.RUNNING, EscalationState.ENDED)
    return _begun(escalation, now)


def ended(escalation: Escalation, *, because: str, by: str, now: datetime) -> Escalation:
    """It is over: resolved, or its reason is gone."""
    _refuse(escalation, EscalationState.ENDED)
    return _next(
        escalation,
        state=EscalationState.ENDED,
        next_at=None,
        ended_at=now,
        ended_because=because,
        ended_by=by,
    )


def _refuse(escalation: Escalation, *states: EscalationState) -> None:
    if escalation.state in states:
        raise NotPossibleError(f"it is {escalation.state}")


def _next(escalation: Escalation, **changes: Any) -> Escalation:
    return replace(escalation, generation=escalation.generation + 1, **changes)
