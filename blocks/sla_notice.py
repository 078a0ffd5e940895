"""What is said in a card's thread when a promise is about to be broken, or is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import SectionBlock

from blocks import sla_text, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from routing.sla_clock import Clock
    from routing.ticket import Ticket


def build(clock: Clock, *, ticket: Ticket, reference: str) -> SlackMessage:
    """Mentions the assignee; nobody where the ticket is unclaimed."""
    what = sla_text.name(clock.metric)
    short = f"{reference}: {what} is overdue" if clock.breached_at else f"{reference}: {what} is due soon"
    due = f" ({text.slack_date(clock.due_at)})" if clock.due_at else ""
    state = f"🔥 *{what} is overdue*" if clock.breached_at else f"⏰ *{what} is due soon*"
    whose = f"{text.user(ticket.assignee_id)} has it." if ticket.assignee_id else "Nobody has claimed it."
    return SlackMessage(text=short, blocks=(SectionBlock(text=text.mrkdwn(f"{state}{due}. {whose}")),))
