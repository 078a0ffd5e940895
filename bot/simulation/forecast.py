"""What `deskbell oncall` foretells: the escalation of a queue's ticket that begins at a time and is left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from routing import escalation_policy, escalation_prospects
from routing import escalation_simulation as simulation
from routing.escalation import Escalation, Trigger
from routing.escalation_simulation import Assumption, Surroundings

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.config import SupportConfig
    from bot.simulation.rotas import Rotas
    from routing.decision import Priority
    from routing.escalation_policy import EscalationPolicy, Triggers
    from routing.escalation_prospects import Call
    from routing.escalation_simulation import Told

STANDARD = "standard"
"""What the policy is called that a queue without one follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to know."""

    ticket: Assumption
    trigger: Trigger
    at: datetime
    """When the escalation starts."""
    zone: ZoneInfo
    """Whose clocks are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """A wish and the answer."""

    wish: Wish
    priority: Priority
    """The ticket's, once it is escalated."""
    queue_name: str
    policy_name: str
    policy: EscalationPolicy
    is_started_by_trigger: bool
    """Whether the trigger starts anything for such a ticket."""
    lines: tuple[Told, ...]
    schedules: tuple[str, ...]
    """Those that the policy asks, in order."""
    unread: tuple[str, ...]
    """Those of them of whose calendar there is no copy."""


def make(config: SupportConfig, wish: Wish, rotas: Rotas) -> Forecast:
    """Run the queue's policy for the priority that the ticket has once it is escalated."""
    queue = config.queue(wish.ticket.queue)
    priority = simulation.raised(wish.ticket.priority, wish.trigger)
    policy = config.policy(wish.ticket.queue, priority)
    triggers = config.policy(wish.ticket.queue, wish.ticket.priority).triggers
    ticket = replace(wish.ticket, priority=priority)
    escalation = Escalation(
        id=0,
        ticket_id=0,
        trigger=wish.trigger,
        reason="",
        urgency=priority,
        target=queue.on_call,
        started_by="",
        started_at=wish.at,
        policy=policy,
        next_at=wish.at,
    )
    schedules = schedules_of(config, policy, wish.ticket.queue, rotas)
    return Forecast(
        wish=wish,
        priority=priority,
        queue_name=queue.name,
        policy_name=queue.escalation.of(priority) or STANDARD,
        policy=policy,
        is_started_by_trigger=starts(triggers, wish.trigger, wish.ticket),
        lines=simulation.simulate(escalation, ticket, surroundings(config, rotas)),
        schedules=tuple(schedules),
        unread=tuple(name for name in schedules if name in rotas.unread),
    )


def surroundings(config: SupportConfig, rotas: Rotas) -> Surroundings:
    """The desk as a simulation asks for it."""
    return Surroundings(
        on_call_at=rotas.on_call_at,
        target_of=lambda queue: config.queue(queue).on_call,
        people_of=lambda queue, at: tuple(
            person for named in config.queue(queue).people for person in rotas.on_call_at(named, at)
        ),
        is_business_hours=config.business_hours.is_open,
        operators=config.desk.operators_channel,
        incident=config.desk.incident_channel,
        last_resort=config.desk.last_resort,
    )


def schedules_of(config: SupportConfig, policy: EscalationPolicy, queue: str, rotas: Rotas) -> list[str]:
    """The schedules that a policy asks for a queue's tickets, in order."""
    names = (
        name
        for call in escalation_prospects.calls(policy, [queue])
        for target in targets(config, call)
        if (name := rotas.name(target))
    )
    return list(dict.fromkeys(names))


def targets(config: SupportConfig, call: Call) -> list[str]:
    """Whom a recipient names: itself, or for `on_call` whoever the queues name."""
    if call.recipient != escalation_policy.ON_CALL:
        return [call.recipient]
    return [config.queue(queue).on_call for queue in call.queues]


def starts(triggers: Triggers, trigger: Trigger, ticket: Assumption) -> bool:
    """Whether a trigger starts a policy for such a ticket; what people do always does."""
    match trigger:
        case Trigger.PRESSED | Trigger.URGENT_WORD:
            return True
        case Trigger.UNCLAIMED:
            return triggers.unclaimed_for is not None and ticket.is_unclaimed
        case Trigger.SLA_WARNING:
            return triggers.sla_warning
        case Trigger.SLA_BREACH:
            return triggers.sla_breach
        case Trigger.PRIORITY:
            return triggers.priority is not None and ticket.priority.rank >= triggers.priority.rank
        case Trigger.INCIDENT:
            return triggers.incident
