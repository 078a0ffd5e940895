"""Times in which nobody is on call by a schedule, and an escalation would ask for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.check import chains, marking
from bot.simulation import forecast, words
from routing import escalation_prospects
from routing import escalation_simulation as simulation
from routing.escalation import Trigger
from routing.escalation_simulation import Assumption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.config import SupportConfig
    from bot.simulation.rotas import Rotas
    from bot.yaml_file import Document, Problem
    from routing.decision import Priority
    from routing.escalation_policy import EscalationPolicy
    from routing.schedule import Shift

AHEAD = timedelta(days=90)
"""How far is looked."""
_GRAIN = timedelta(minutes=15)
"""Shorter business hours than this may be overlooked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Need:
    """One policy of a queue that asks a schedule."""

    queue: str
    priority: Priority
    business_hours: bool | None
    """None where it may ask at any time."""


def found(config: SupportConfig, document: Document, rotas: Rotas, *, now: datetime) -> Iterator[Problem]:
    """Yield one problem for each schedule that has gaps: an error if an escalation then calls nobody at all."""
    for name, described in config.schedules.items():
        needs = list(_needs(config, rotas, name))
        gaps = [
            shift
            for shift in (rotas.shifts(name, now, now + AHEAD) if needs and name not in rotas.unread else ())
            if not shift.people and any(_is_needed(config, need, shift) for need in needs)
        ]
        if not gaps:
            continue
        zone = ZoneInfo(described.zone)
        when = _when(gaps, zone)
        queues = " and ".join(dict.fromkeys(need.queue for need in needs))
        if silent := _silent(config, rotas, needs, gaps):
            need, gap = silent
            since = words.day(gap.start, zone)
            message = f"nobody is on call {when}: an escalation of {need.queue} from {since} on calls nobody"
            yield marking.error(document, ("schedules", name), "nobody-called", message)
        else:
            message = f"nobody is on call {when}; escalations of {queues} then call others only"
            yield marking.warning(document, ("schedules", name), "schedule-gap", message)


def _when(gaps: Sequence[Shift], zone: ZoneInfo) -> str:
    first = gaps[0]
    more = f" and {len(gaps) - 1} more times within {AHEAD.days} days" if gaps[1:] else ""
    return f"from {words.day(first.start, zone)} to {words.day(first.end, zone)}{more}"


def _needs(config: SupportConfig, rotas: Rotas, schedule: str) -> Iterator[_Need]:
    for queue in config.queues:
        for priority in chains.escalated(config, queue):
            policy = config.policy(queue, priority)
            for hours in _asking(config, rotas, policy, queue, schedule):
                yield _Need(queue=queue, priority=priority, business_hours=hours)


def _asking(
    config: SupportConfig, rotas: Rotas, policy: EscalationPolicy, queue: str, schedule: str
) -> Iterator[bool | None]:
    """For each step that asks the schedule, whether it does so within business hours alone, or outside."""
    hours = list(_hours(policy))
    for call in escalation_prospects.calls(policy, [queue]):
        if schedule in map(rotas.name, forecast.targets(config, call)):
            yield hours[call.step]


def _hours(policy: EscalationPolicy) -> Iterator[bool | None]:
    """For each step, whether it runs within business hours alone, or outside, by its own condition or by a gate."""
    gate: bool | None = None
    for step in policy.steps:
        condition = step.only_if.business_hours if step.only_if else None
        if step.wait:
            gate = None
        if step.action == "only_if" and condition is not None:
            gate = condition
        yield gate if condition is None else condition


def _is_needed(config: SupportConfig, need: _Need, gap: Shift) -> bool:
    if need.business_hours is None:
        return True
    at = gap.start
    while at < gap.end:
        if config.business_hours.is_open(at) == need.business_hours:
            return True
        at += _GRAIN
    return False


def _silent(
    config: SupportConfig, rotas: Rotas, needs: Sequence[_Need], gaps: Sequence[Shift]
) -> tuple[_Need, Shift] | None:
    """The first gap in which an escalation that starts with it asks for somebody and calls nobody."""
    for gap in gaps:
        for need in needs:
            if _is_needed(config, need, gap) and any(
                _is_silent(config, rotas, need, gap.start, is_unclaimed=is_unclaimed)
                for is_unclaimed in (True, False)
            ):
                return need, gap
    return None


def _is_silent(config: SupportConfig, rotas: Rotas, need: _Need, at: datetime, *, is_unclaimed: bool) -> bool:
    ticket = Assumption(queue=need.queue, priority=need.priority, is_unclaimed=is_unclaimed, is_storm=True)
    wish = forecast.Wish(ticket=ticket, trigger=Trigger.PRESSED, at=at, zone=ZoneInfo("UTC"))
    lines = forecast.make(config, wish, rotas).lines
    calls = [line for line in lines if line.action in simulation.CALLS]
    return not any(line.lane for line in calls) and any(
        line.skipped == simulation.NOBODY_ON_CALL for line in calls
    )
