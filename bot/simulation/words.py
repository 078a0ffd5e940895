"""What a simulation says, in words for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from routing import escalation_simulation as simulation
from routing.escalation import Trigger
from routing.escalation_simulation import INCIDENT, LAST_RESORT, OPERATORS, Lane

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.simulation.forecast import Forecast
    from routing.escalation_policy import OnlyIf, Step
    from routing.escalation_simulation import Told

Names = Callable[[str], str]
"""How a Slack user or user group is called; its id where nobody knows."""

LANES = {Lane.SLACK: "Slack", Lane.PAGER: "pager", Lane.MAIL: "e-mail"}
THE_END = "nobody has acknowledged and no step is left: the operators hear of it"
_BESIDE = {
    INCIDENT: "post in the incident channel",
    OPERATORS: "tell the operators",
    LAST_RESORT: "mail the last resort",
}


_TRIGGERS = {
    Trigger.PRESSED: "Escalate is pressed",
    Trigger.URGENT_WORD: "the customer calls it urgent",
    Trigger.UNCLAIMED: "nobody has claimed it",
    Trigger.SLA_WARNING: "an SLA deadline is near",
    Trigger.SLA_BREACH: "an SLA deadline is missed",
    Trigger.PRIORITY: "of its priority",
    Trigger.INCIDENT: "a rule calls it an incident",
}


def title(forecast: Forecast) -> str:
    """`Tech: policy loud, from Thu 24 Dec 2026 03:00`."""
    wish = forecast.wish
    return f"{forecast.queue_name}: policy {forecast.policy_name}, from {day(wish.at, wish.zone)}"


def subtitle(forecast: Forecast) -> str:
    """What is taken to be so, and whose clocks are shown."""
    wish = forecast.wish
    claimed = "An unclaimed" if wish.ticket.is_unclaimed else "A claimed"
    is_raised = forecast.priority != wish.ticket.priority
    made = f", {forecast.priority} from then on" if is_raised else ""
    ticket = f"{claimed} ticket of {wish.ticket.priority} priority{made}, because {_TRIGGERS[wish.trigger]}"
    return f"{ticket}; nobody acknowledges. Times of {wish.zone.key}, {offset(wish.at, wish.zone)}."


def does(line: Told) -> str:
    """What a line is about, as its author wrote it: `notify on_call`."""
    if line.action == simulation.ANSWER:
        return f"wait {line.what} for an answer"
    beside = _BESIDE.get(line.what)
    if beside is None:
        return f"{line.action} {line.what}".strip()
    return f"end: {beside}" if line.action == simulation.EXHAUSTED else beside


def step(step: Step) -> str:
    """What a step does, and when: `page pd, only if unclaimed and priority high`."""
    condition = f"only if {' and '.join(_conditions(step.only_if))}" if step.only_if else ""
    action = "" if step.action == "only_if" else f"{step.action} {simulation.asked(step)}".strip()
    return ", ".join(filter(None, (action, condition)))


def _conditions(condition: OnlyIf) -> Iterator[str]:
    if condition.unclaimed is not None:
        yield "unclaimed" if condition.unclaimed else "claimed"
    if condition.priority is not None:
        yield f"priority {condition.priority}"
    if condition.business_hours is not None:
        yield f"{'within' if condition.business_hours else 'outside'} business hours"
    if storm := condition.tickets:
        yield f"more than {storm.more_than} tickets within {simulation.written(storm.within)}"


def outcome(line: Told, *, names: Names, zone: ZoneInfo) -> str:
    """Who is told, or what else comes of it."""
    if line.lane:
        return ", ".join(names(who) for who in line.whom)
    if line.skipped:
        return f"{'nobody' if line.action in simulation.CALLS else 'no'}: {line.skipped}"
    if line.until is None:
        return ""
    starts, ends = line.at.astimezone(zone), line.until.astimezone(zone)
    return f"until {ends:%H:%M}" if starts.date() == ends.date() else f"until {day(ends, zone)}"


def offset(at: datetime, zone: ZoneInfo) -> str:
    """How far a zone's clocks are from UTC at a time: `UTC+01:00`."""
    written = f"{at.astimezone(zone):%z}"
    return f"UTC{written[:3]}:{written[3:5]}"


def day(at: datetime, zone: ZoneInfo) -> str:
    """`Thu 24 Dec 2026 03:00`, by the clocks of a zone."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
