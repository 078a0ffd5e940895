"""Steps of an escalation policy that can never run or never change anything, whoever writes in.

Pure. A condition is judged by what must be so when its step is due: by the priorities that the policy is for, by the
gates before it in the same moment, and by the steps that change the ticket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from routing.decision import Priority
    from routing.escalation_policy import EscalationPolicy, OnlyIf, Step


class Use(NamedTuple):
    """Tickets that follow a policy."""

    queue: str
    priority: Priority


class Fault(NamedTuple):
    """What is wrong with a step."""

    step: int
    """Its index."""
    field: str
    """What of it, by the word of its author: `only_if`, `raise_priority`."""
    message: str
    is_certain: bool
    """False where a person can still make it run, such as by raising the priority by hand."""


class Call(NamedTuple):
    """Somebody whom a step notifies."""

    step: int
    """Its index."""
    place: int
    """The index in `notify`."""
    recipient: str
    queues: tuple[str, ...]
    """Where the ticket may be by then."""


def calls(policy: EscalationPolicy, queues: Iterable[str]) -> Iterator[Call]:
    """Everybody whom a policy notifies, for tickets that begin in one of some queues."""
    where = tuple(dict.fromkeys(queues))
    for index, step in enumerate(policy.steps):
        if step.reassign:
            where = (step.reassign,) if step.only_if is None else (*where, step.reassign)
        for place, recipient in enumerate(step.notify or ()):
            yield Call(index, place, recipient, where)


@dataclass(slots=True)
class _Known:
    """What is sure when a step is due."""

    lowest: Priority
    highest: Priority
    gate_of: dict[str, int] = field(default_factory=dict)
    """The gate that has made sure, since the last wait, of what a condition asks, by its words."""
    facts: dict[str, bool] = field(default_factory=dict)


def faults(policy: EscalationPolicy, uses: Collection[Use]) -> Iterator[Fault]:
    """Each step that is of no use; nothing is said of what stands behind a gate that stays closed."""
    known = _Known(min(_priorities(uses), key=_rank), max(_highest(policy, uses), key=_rank))
    queues = {use.queue for use in uses}
    for index, step in enumerate(policy.steps):
        if closed := _never(step, known):
            yield Fault(index, "only_if", *closed)
            if step.action == "only_if":
                return
            continue
        yield from _idle(policy, index, known, queues)
        if step.stop and _always(step.only_if, known) and index + 1 < len(policy.steps):
            yield Fault(
                index, "only_if", "it always holds: no step behind this stop ever runs", is_certain=True
            )
            return
        _learn(index, step, known)
        if step.reassign:
            queues = {step.reassign} if step.only_if is None else queues | {step.reassign}


def _priorities(uses: Collection[Use]) -> set[Priority]:
    return {use.priority for use in uses}


def _rank(priority: Priority) -> int:
    return priority.rank


def _highest(policy: EscalationPolicy, uses: Collection[Use]) -> set[Priority]:
    """Where the policy begins again, what a later step has raised counts for the earlier ones, too."""
    if not any(step.repeat for step in policy.steps):
        return _priorities(uses)
    return _priorities(uses) | {step.raise_priority for step in policy.steps if step.raise_priority}


def _never(step: Step, known: _Known) -> tuple[str, bool] | None:
    """Why a step's condition cannot hold, and whether that is certain; None where it can."""
    condition = step.only_if
    if condition is None:
        return None
    behind = ", and no step behind it ever runs" if step.action == "only_if" else ""
    for name in ("unclaimed", "business_hours"):
        wanted = getattr(condition, name)
        if wanted is not None and known.facts.get(name, wanted) != wanted:
            gate = known.gate_of[name] + 1
            return (
                f"it never holds: step {gate} lets pass only the opposite, and nothing waits between them{behind}",
                True,
            )
    if condition.priority and condition.priority.rank > known.highest.rank:
        return (
            f"it holds only where a person raises the priority meanwhile: this policy is for tickets up to "
            f"{known.highest}"
        ), False
    return None


def _always(condition: OnlyIf | None, known: _Known) -> bool:
    """Whether a condition surely holds."""
    if condition is None:
        return True
    is_sure = condition.priority is None or condition.priority.rank <= known.lowest.rank
    asked = {name: getattr(condition, name) for name in ("unclaimed", "business_hours")}
    are_facts = all(wanted is None or known.facts.get(name) == wanted for name, wanted in asked.items())
    return is_sure and are_facts and condition.tickets is None


def _idle(policy: EscalationPolicy, index: int, known: _Known, queues: set[str]) -> Iterator[Fault]:
    """What runs and changes nothing."""
    step = policy.steps[index]
    if step.raise_priority and step.raise_priority.rank <= known.lowest.rank:
        message = f"a ticket is {known.lowest} or higher by then"
        yield Fault(index, "raise_priority", message, is_certain=True)
    if step.reassign and queues == {step.reassign}:
        yield Fault(index, "reassign", "a ticket is in this queue already", is_certain=True)
    if step.wait and index + 1 == len(policy.steps):
        yield Fault(index, "wait", "no step is behind it: nothing waits", is_certain=True)


def _learn(index: int, step: Step, known: _Known) -> None:
    """What is sure once a step has run, or was passed over."""
    if step.wait:
        known.facts.clear()
    if step.raise_priority:
        known.highest = max(known.highest, step.raise_priority, key=_rank)
        if step.only_if is None:
            known.lowest = max(known.lowest, step.raise_priority, key=_rank)
    if step.action != "only_if" or step.only_if is None:
        return
    for name in ("unclaimed", "business_hours"):
        wanted = getattr(step.only_if, name)
        if wanted is not None:
            known.facts[name] = wanted
            known.gate_of[name] = index
    if step.only_if.priority:
        known.lowest = max(known.lowest, step.only_if.priority, key=_rank)
        known.highest = max(known.highest, step.only_if.priority, key=_rank)
