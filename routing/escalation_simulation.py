"""Who would be told what, and when, if nobody acknowledged: an escalation run ahead of time.

Pure. The escalation goes the way that a real one goes, step by step; what the desk would look up when a step is due
(who is on call, whether it is business hours) is asked for the time of that step.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from routing import escalation as machine
from routing import escalation_policy
from routing.decision import Priority
from routing.escalation import Due, Trigger
from routing.escalation_policy import OnlyIf, Situation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from routing.escalation import Escalation
    from routing.escalation_policy import EscalationPolicy, Step

OPERATORS, INCIDENT, LAST_RESORT = "operators", "incident", "last_resort"
"""Who is told beside those whom the steps name: of a call that finds nobody, of every call, and at the end."""
POST, UNREACHED, ANSWER, EXHAUSTED = "post", "unreached", "answer", "exhausted"
"""Actions that are no steps of their own."""
CALLS = frozenset({"notify", "page"})

_LEAST = {
    Trigger.PRESSED: Priority.HIGH,
    Trigger.URGENT_WORD: Priority.URGENT,
    Trigger.INCIDENT: Priority.URGENT,
}
"""How urgent a ticket becomes by what starts its escalation; anything else leaves it as it is."""

_STORM = 1_000_000_000
"""More tickets than any condition asks for."""
NOBODY_ON_CALL = "nobody is on call then"
_NOBODY = {
    escalation_policy.ASSIGNEE: "nobody has the ticket",
    escalation_policy.EVERYONE: "the queue has no people",
    escalation_policy.ROUND_ROBIN: "the queue has no people",
}


class Lane(StrEnum):
    """The way on which somebody is told."""

    SLACK = "slack"
    PAGER = "pager"
    MAIL = "mail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One line of a simulation: one step, or one recipient of it."""

    at: datetime
    round: int
    """How often the policy has begun, from 1."""
    step: int | None
    """The number of the step, from 1; None behind the last one."""
    action: str
    """By the word of its author, such as `wait`; else `POST`, `UNREACHED`, `ANSWER` or `EXHAUSTED`."""
    what: str
    """What is asked for, as its author wrote it: `on_call`, `schedule:tech`, a pager, a priority, a queue."""
    whom: tuple[str, ...] = ()
    """Slack users, user groups and channels, a pager, or addresses."""
    lane: Lane | None = None
    """None where nobody is told."""
    until: datetime | None = None
    """The end of a wait."""
    skipped: str = ""
    """Why it does nothing; empty where it does something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a simulation asks of the desk."""

    on_call_at: Callable[[str, datetime], tuple[str, ...]]
    """Who is meant by a user, a user group, or `schedule:name`, at a time."""
    target_of: Callable[[str], str]
    """Who is on call for a queue, as the queue names it."""
    people_of: Callable[[str, datetime], tuple[str, ...]]
    """Who works in a queue, at a time."""
    is_business_hours: Callable[[datetime], bool]
    operators: str
    """The operators' channel."""
    incident: str
    """The incident channel, where one message gathers all that happens, and mentions whoever is called."""
    last_resort: tuple[str, ...] = ()
    """Addresses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """The ticket as it is taken to be all the while; steps alone change its queue and priority."""

    queue: str
    priority: Priority
    is_unclaimed: bool = True
    is_storm: bool = False
    """Whether more tickets come than any condition asks for."""


ASSIGNEE = "the assignee"
"""Who has a ticket that is taken to be claimed."""


def simulate(escalation: Escalation, assumption: Assumption, surroundings: Surroundings) -> tuple[Told, ...]:
    """Everything that happens from `next_at` on until the policy is exhausted, in order."""
    return tuple(_Run(escalation=escalation, ticket=assumption, desk=surroundings).lines())


@dataclass(kw_only=True, slots=True)
class _Run:
    escalation: Escalation
    ticket: Assumption
    desk: Surroundings
    is_posted: bool = False
    """Whether the incident channel has its message."""
    turns: dict[str, int] = field(default_factory=dict)
    """How often `round_robin` was asked, by queue."""

    def lines(self) -> Iterator[Told]:
        while self.escalation.due is Due.STEP and (at := self.escalation.next_at):
            if self.escalation.step:
                yield from self._step(self.escalation.step, at)
            else:
                self.escalation = machine.stepped(self.escalation, held=True, now=at)
            if self.escalation.step is None:
                yield from self._behind(at)

    def _step(self, step: Step, now: datetime) -> Iterator[Told]:
        situation = self._situation(now)
        is_held = escalation_policy.holds(step.only_if, situation)
        told = self._told(step, now) if is_held else (self._passed_over(step, situation, now),)
        is_reached = any(line.lane for line in told)
        if is_held and step.action in CALLS:
            told = (*told, *self._beside(told, is_reached=is_reached))
        self.escalation = machine.stepped(self.escalation, held=is_held, reached=is_reached, now=now)
        if is_held and step.wait is not None:
            told = (self._waited(told[0], step.wait),)
        yield from told

    def _told(self, step: Step, now: datetime) -> tuple[Told, ...]:
        line = self._line(step, now)
        if step.notify is not None:
            return tuple(
                self._notified(replace(line, what=recipient), recipient) for recipient in step.notify
            )
        if step.page is not None:
            return tuple(replace(line, what=pager, whom=(pager,), lane=Lane.PAGER) for pager in step.page)
        if step.raise_priority is not None:
            return (self._raised(replace(line, what=step.raise_priority), step.raise_priority),)
        if step.reassign is not None:
            return (self._moved(replace(line, what=step.reassign), step.reassign),)
        if step.repeat is not None:
            is_used_up = self.escalation.repeats >= step.repeat
            count = f"{step.repeat}" if is_used_up else f"{self.escalation.repeats + 1} of {step.repeat}"
            return (replace(line, what=count, skipped="it has repeated often enough" if is_used_up else ""),)
        return (line,)

    def _notified(self, line: Told, recipient: str) -> Told:
        whom = tuple(dict.fromkeys(self._people(recipient, line.at)))
        if whom:
            return replace(line, whom=whom, lane=Lane.SLACK)
        return replace(line, skipped=_NOBODY.get(recipient, NOBODY_ON_CALL))

    def _people(self, recipient: str, now: datetime) -> Iterable[str]:
        queue = self.ticket.queue
        if recipient == escalation_policy.ASSIGNEE:
            return () if self.ticket.is_unclaimed else (ASSIGNEE,)
        if recipient == escalation_policy.ON_CALL:
            return self.desk.on_call_at(self.desk.target_of(queue), now)
        if recipient == escalation_policy.EVERYONE:
            return self.desk.people_of(queue, now)
        if recipient == escalation_policy.ROUND_ROBIN:
            return self._next_in_turn(queue, now)
        return self.desk.on_call_at(recipient, now)

    def _next_in_turn(self, queue: str, now: datetime) -> tuple[str, ...]:
        people = self.desk.people_of(queue, now)
        turn = self.turns.get(queue, 0)
        self.turns[queue] = turn + 1
        return (people[turn % len(people)],) if people else ()

    def _raised(self, line: Told, priority: Priority) -> Told:
        if self.ticket.priority.rank >= priority.rank:
            return replace(line, skipped=f"the ticket is {self.ticket.priority} already")
        self.ticket = replace(self.ticket, priority=priority)
        return line

    def _moved(self, line: Told, queue: str) -> Told:
        if self.ticket.queue == queue:
            return replace(line, skipped="the ticket is there already")
        self.ticket = replace(self.ticket, queue=queue)
        return line

    def _waited(self, line: Told, wait: timedelta) -> Told:
        until = self.escalation.next_at
        if until is None:
            return replace(line, skipped="no step is behind it")
        return replace(line, until=until, skipped="" if until == line.at + wait else "nobody was reached")

    def _passed_over(self, step: Step, situation: Situation, now: datetime) -> Told:
        reasons = " and ".join(_failures(step.only_if, situation)) if step.only_if else ""
        ending = "; it goes no further" if step.action == "only_if" else ""
        return replace(self._line(step, now), skipped=reasons + ending)

    def _line(self, step: Step, now: datetime) -> Told:
        number = self.escalation.position + 1
        return Told(at=now, round=self.escalation.lap, step=number, action=step.action, what=asked(step))

    def _beside(self, told: tuple[Told, ...], *, is_reached: bool) -> Iterator[Told]:
        """What a call says in the incident channel, and to the operators if it has found nobody."""
        calls_people = any(_is_person(who) for line in told if line.lane is Lane.SLACK for who in line.whom)
        line = replace(told[0], lane=Lane.SLACK, skipped="")
        if calls_people or not self.is_posted:
            self.is_posted = True
            yield replace(line, action=POST, what=INCIDENT, whom=(self.desk.incident,))
        if not is_reached:
            yield replace(line, action=UNREACHED, what=OPERATORS, whom=(self.desk.operators,))

    def _behind(self, now: datetime) -> Iterator[Told]:
        """What comes when no step is left: time to answer for those whom the last one called, and then the end."""
        line = Told(at=now, round=self.escalation.lap, step=None, action=EXHAUSTED, what=OPERATORS)
        if until := self.escalation.next_at:
            yield replace(line, action=ANSWER, what=written(until - now), until=until)
            return
        yield replace(line, whom=(self.desk.operators,), lane=Lane.SLACK)
        if addresses := self.desk.last_resort:
            yield replace(line, what=LAST_RESORT, whom=addresses, lane=Lane.MAIL)

    def _situation(self, now: datetime) -> Situation:
        count = _STORM if self.ticket.is_storm else 0
        return Situation(
            is_unclaimed=self.ticket.is_unclaimed,
            priority=self.ticket.priority,
            is_business_hours=self.desk.is_business_hours(now),
            recent=dict.fromkeys(_storm_times(self.escalation.policy), count),
        )


def raised(priority: Priority, trigger: Trigger) -> Priority:
    """The priority that a ticket has once it is escalated."""
    least = _LEAST.get(trigger, priority)
    return max(priority, least, key=lambda each: each.rank)


def _is_person(who: str) -> bool:
    """Or several of them: not a channel."""
    return not who.startswith(("#", "C", "G"))


def _storm_times(policy: EscalationPolicy) -> Iterator[timedelta]:
    for step in policy.steps:
        if step.only_if and step.only_if.tickets:
            yield step.only_if.tickets.within


def asked(step: Step) -> str:
    """What a step does it to, as its author wrote it: `on_call, #tech`, `10m`."""
    if step.wait is not None:
        return written(step.wait)
    if step.repeat is not None:
        return str(step.repeat)
    return step.raise_priority or step.reassign or ", ".join(step.notify or step.page or ())


def _failures(condition: OnlyIf, situation: Situation) -> Iterator[str]:
    """Each part of a condition that does not hold, as what is so instead."""
    for name in OnlyIf.model_fields:
        if getattr(condition, name) is None:
            continue
        part = OnlyIf.model_validate({name: getattr(condition, name)})
        if not escalation_policy.holds(part, situation):
            yield _instead(name, situation)


def _instead(name: str, situation: Situation) -> str:
    match name:
        case "unclaimed":
            return f"the ticket is {'unclaimed' if situation.is_unclaimed else 'claimed'}"
        case "priority":
            return f"the ticket's priority is {situation.priority}"
        case "business_hours":
            return f"it is {'within' if situation.is_business_hours else 'outside'} business hours"
        case _:
            return "no more tickets come than usual"


def written(duration: timedelta) -> str:
    """A duration as support.yaml has it: `1h30m`."""
    seconds = duration // timedelta(seconds=1)
    parts = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        parts.append(f"{count}{unit}" if count else "")
    return "".join(parts) or "0m"


_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
