"""Escalation policies as their queues use them: nobody to call, steps that are of no use, and what nobody uses."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.check import marking
from routing import escalation_policy, escalation_prospects
from routing.decision import Priority
from routing.escalation_prospects import Use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.config import SupportConfig
    from bot.yaml_file import Document, Loc, Problem
    from routing.escalation_policy import EscalationPolicy

_OF_A_QUEUE = {escalation_policy.EVERYONE, escalation_policy.ROUND_ROBIN}


def uses(config: SupportConfig) -> dict[str, list[Use]]:
    """The tickets that follow each policy, by its name, as they are once they are escalated."""
    found: defaultdict[str, list[Use]] = defaultdict(list)
    for name, queue in config.queues.items():
        for priority in escalated(config, name):
            if policy := queue.escalation.of(priority):
                found[policy].append(Use(name, priority))
    return found


def escalated(config: SupportConfig, queue: str) -> list[Priority]:
    """What a ticket of a queue can be once it is escalated: a press makes it high at least, a trigger leaves it."""
    none = escalation_policy.Triggers()
    return [
        priority
        for priority in Priority
        if priority.rank >= Priority.HIGH.rank or config.policy(queue, priority).triggers != none
    ]


def policies(config: SupportConfig, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with each policy that is used, and each that is not."""
    used = uses(config)
    for name, policy in config.escalation_policies.items():
        loc = ("escalation_policies", name)
        if name not in used:
            yield marking.warning(document, loc, "unused-policy", _why_unused(config, name))
            continue
        yield from _idle_steps(document, loc, policy, used[name])
        yield from _without_people(config, document, loc, policy, used[name])
        if not config.desk.last_resort and not any(step.page for step in policy.steps):
            message = (
                "it calls nobody outside Slack, and desk.last_resort names nobody to mail while Slack is down"
            )
            yield marking.warning(document, loc, "slack-only", message)
    yield from _circles(config, document, used)


def _why_unused(config: SupportConfig, policy: str) -> str:
    if any(
        queue.escalation.of(priority) == policy for queue in config.queues.values() for priority in Priority
    ):
        return (
            "its steps never run: it has no triggers, and who presses Escalate makes the ticket high at least"
        )
    return "no queue uses this policy"


def pagers(config: SupportConfig, document: Document) -> Iterator[Problem]:
    """Yield each pager that no policy pages."""
    steps = [step for policy in config.escalation_policies.values() for step in policy.steps]
    paged = {name for step in steps for name in step.page or ()}
    for name in config.pagers:
        if name not in paged:
            yield marking.warning(
                document, ("pagers", name), "unused-pager", "no escalation policy uses this pager"
            )


def _idle_steps(
    document: Document, loc: Loc, policy: EscalationPolicy, used: Sequence[Use]
) -> Iterator[Problem]:
    for fault in escalation_prospects.faults(policy, used):
        is_dead = fault.field == "only_if"
        mark = marking.error if is_dead and fault.is_certain else marking.warning
        code = "dead-step" if is_dead else "idle-step"
        yield mark(document, (*loc, "steps", fault.step, fault.field), code, fault.message)


def _without_people(
    config: SupportConfig, document: Document, loc: Loc, policy: EscalationPolicy, used: Sequence[Use]
) -> Iterator[Problem]:
    """Yield each step that calls the people of a queue that has none."""
    for call in escalation_prospects.calls(policy, (use.queue for use in used)):
        empty = [queue for queue in call.queues if not config.queues[queue].people]
        if call.recipient in _OF_A_QUEUE and empty:
            where = (*loc, "steps", call.step, "notify", call.place)
            message = f"nobody is called: no people are named by {_listed(empty)}"
            yield marking.error(document, where, "no-people", message)


def _circles(
    config: SupportConfig, document: Document, used: Mapping[str, Sequence[Use]]
) -> Iterator[Problem]:
    """Yield each step that moves a ticket to a queue whose own policy moves it on, and at last back."""
    for name, policy in config.escalation_policies.items():
        for index, step in enumerate(policy.steps):
            ways = (_way_back(config, use, step.reassign) for use in used.get(name, ()) if step.reassign)
            if way := next(filter(None, ways), None):
                loc = ("escalation_policies", name, "steps", index, "reassign")
                message = f"escalations can move a ticket in a circle: {', '.join(way)}"
                yield marking.warning(document, loc, "circular-reassign", message)


def _way_back(config: SupportConfig, use: Use, target: str) -> list[str] | None:
    """The queues from a use over a target back to the use's own, if the policies of all of them lead there."""
    way, seen = [use.queue, target], {target}
    while way[-1] != use.queue:
        steps = config.policy(way[-1], use.priority).steps
        following = next(
            (step.reassign for step in steps if step.reassign and step.reassign != way[-1]), None
        )
        if following is None or following in seen:
            return None
        seen.add(following)
        way.append(following)
    return way if len(set(way)) > 1 else None


def _listed(queues: Sequence[str]) -> str:
    noun = "the queue" if len(queues) == 1 else "the queues"
    return f"{noun} {' and '.join(queues)}"
