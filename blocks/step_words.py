"""What a step of a policy does, in a few words. Nobody is mentioned: naming a step calls nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from blocks import text
from routing import escalation_policy, sla

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.escalation_policy import EscalationPolicy, Step

_RECIPIENTS = {
    escalation_policy.ASSIGNEE: "the assignee",
    escalation_policy.ON_CALL: "on-call",
    escalation_policy.EVERYONE: "everybody of the queue",
    escalation_policy.ROUND_ROBIN: "the next one of the queue",
}
_MOST = 8


def said(step: Step) -> str:
    """As in `calls on-call and #tech`."""
    match step.action:
        case "notify":
            words = f"calls {text.listed(list(dict.fromkeys(map(_recipient, step.notify or ()))))}"
        case "page":
            words = f"pages by {text.listed(list(step.page or ()))}"
        case "wait":
            words = f"waits {sla.phrase(step.wait or timedelta())}"
        case "raise_priority":
            words = f"makes it {step.raise_priority}"
        case "reassign":
            words = f"moves it to {step.reassign}"
        case "repeat":
            words = f"begins again, at most {text.counted(step.repeat or 0, 'time')}"
        case "stop":
            words = "ends"
        case _:
            words = "goes on only under a condition"
    return words


def summary(policy: EscalationPolicy) -> str:
    """All steps in a row; `perhaps` marks those that have a condition."""
    return text.line(", then ".join(text.capped(list(_steps(policy)), limit=_MOST)), limit=1_000)


def _steps(policy: EscalationPolicy) -> Iterator[str]:
    for step in policy.steps:
        is_conditional = step.only_if is not None and step.action != "only_if"
        yield f"perhaps {said(step)}" if is_conditional else said(step)


def _recipient(name: str) -> str:
    if name in _RECIPIENTS:
        return _RECIPIENTS[name]
    if name.startswith(escalation_policy.SCHEDULE_PREFIX):
        return f"on-call of {name.removeprefix(escalation_policy.SCHEDULE_PREFIX)}"
    if name.startswith("#"):
        return text.escape(name)
    if name.startswith(("C", "G")):
        return "another channel"
    return "a user group" if name.startswith("S") else "a person"
