"""`/support escalations`: what may still want somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import SectionBlock

from blocks import escalation_state, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.escalation import Escalation

LIMIT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenEscalation:
    """One row."""

    escalation: Escalation
    reference: str
    subject: str


def build(rows: Sequence[OpenEscalation], *, has_more: bool) -> SlackMessage:
    """At most `LIMIT` rows are shown."""
    title = "Open escalations"
    if not rows:
        return SlackMessage(text=title, blocks=(SectionBlock(text=text.mrkdwn("No escalation is open.")),))
    blocks = [SectionBlock(text=text.mrkdwn(_row(row))) for row in rows[:LIMIT]]
    more = (SectionBlock(text=text.mrkdwn("There are more.")),) if has_more else ()
    return SlackMessage(text=title, blocks=(SectionBlock(text=text.mrkdwn(f"*{title}*")), *blocks, *more))


def started(reference: str) -> SlackMessage:
    """The answer to who has escalated by a command."""
    words = f"{reference} is escalated. Its card shows who is called, and who has acknowledged."
    return SlackMessage(text=words, blocks=(SectionBlock(text=text.mrkdwn(words)),))


def _row(row: OpenEscalation) -> str:
    subject = text.inline(row.subject, limit=100, default="(no subject)")
    reason = text.inline(row.escalation.reason, limit=150)
    state = "\n".join(escalation_state.lines(row.escalation))
    return f"*{row.reference}* {subject} · {row.escalation.urgency}: {reason}\n{state}"
