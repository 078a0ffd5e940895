"""How an escalation stands, in a line or two: who has it, or what happens next and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import step_words, text
from routing.escalation import Due, EscalationState
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from routing.escalation import Escalation


def lines(escalation: Escalation) -> Iterator[str]:
    """Markup of ours."""
    match escalation.state:
        case EscalationState.RUNNING:
            yield f"⏳ Nobody has acknowledged yet.{_next(escalation)}"
        case EscalationState.ACKNOWLEDGED:
            yield f"👀 Acknowledged by {_who(escalation.acknowledged_by)}{_at(escalation.acknowledged_at)}"
            if escalation.due is Due.RELEASE and escalation.next_at:
                yield (
                    f"❓ Asked whether they are still on it; without an answer the policy begins again "
                    f"{text.slack_date(escalation.next_at)}"
                )
        case EscalationState.SNOOZED:
            until = text.slack_date(escalation.next_at) if escalation.next_at else "later"
            yield f"💤 Snoozed by {_who(escalation.snoozed_by)} until {until}"
        case EscalationState.EXHAUSTED:
            yield "🔇 Nobody has acknowledged, and the policy calls nobody more."
        case EscalationState.ENDED:
            if escalation.acknowledged_by:
                yield f"👀 Acknowledged by {_who(escalation.acknowledged_by)}{_at(escalation.acknowledged_at)}"
            yield _end(escalation)


def _next(escalation: Escalation) -> str:
    step = escalation.upcoming
    if escalation.next_at is None:
        return ""
    if step is None or (step.repeat and escalation.repeats >= step.repeat):
        return f" The policy ends {text.slack_date(escalation.next_at)}."
    if step.repeat:
        return f" The policy begins again {text.slack_date(escalation.next_at)}."
    return f" Next, {text.slack_date(escalation.next_at)}: Deskbell {step_words.said(step)}."


def _end(escalation: Escalation) -> str:
    by = f" ({_who(escalation.ended_by)})" if escalation.ended_by not in {None, DESKBELL} else ""
    because = text.inline(escalation.ended_because or "", limit=200)
    return f"✅ Over: {because}{by}{_at(escalation.ended_at)}"


def _who(slack_id: str | None) -> str:
    return text.user(slack_id or DESKBELL)


def _at(at: datetime | None) -> str:
    return f", {text.slack_date(at)}" if at else ""
