"""Where a ticket stands, in one line or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import escalation_state, text
from routing.ticket import DESKBELL, Ticket, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from routing.escalation import Escalation


def word(ticket: Ticket) -> str:
    """`waiting`, `claimed`, `resolved` or `merged`."""
    if ticket.merged_into is not None:
        return "merged"
    if ticket.state is TicketState.RESOLVED:
        return "resolved"
    return "claimed" if ticket.assignee_id else "waiting"


def lines(
    ticket: Ticket, queue_name: str, escalation: Escalation | None, related_reference: str | None
) -> Iterator[str]:
    """Who has the ticket, and who was called for it; or which ticket it has become part of."""
    if ticket.merged_into is not None:
        yield f"🔀 Merged into *{related_reference}*{_by(ticket.resolved_by)}"
        return
    yield _holder(ticket, queue_name)
    if escalation:
        yield from _called(escalation)


def _holder(ticket: Ticket, queue_name: str) -> str:
    if ticket.state is TicketState.RESOLVED:
        return f"✅ Resolved{_by(ticket.resolved_by)}{_took(ticket)}"
    if ticket.assignee_id:
        return f"🙋 Claimed by {text.user(ticket.assignee_id)}{_at(ticket.claimed_at)}"
    return f"⏳ Waiting in *{text.line(queue_name, limit=75)}*"


def _called(escalation: Escalation) -> Iterator[str]:
    reason = text.inline(escalation.reason, limit=300)
    by = "" if escalation.started_by == DESKBELL else f" by {text.user(escalation.started_by)}"
    yield f"🚨 Escalated to {text.user(escalation.target)}{by}: {reason}"
    yield from escalation_state.lines(escalation)


def _by(slack_id: str | None) -> str:
    return f" by {text.user(slack_id)}" if slack_id else ""


def _at(at: datetime | None) -> str:
    return f", {text.slack_date(at)}" if at else ""


def _took(ticket: Ticket) -> str:
    if not ticket.resolved_at:
        return ""
    return f", took {text.duration_phrase(ticket.resolved_at - ticket.created_at)}"
