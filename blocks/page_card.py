"""What on-call sees, in a direct message and in the incident channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    HeaderBlock,
    SectionBlock,
    TextObject,
)

from blocks import buttons, ids, text, ticket_state
from blocks.message import SlackMessage
from routing.decision import Priority
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.ticket import Escalation, Ticket


@dataclass(frozen=True, kw_only=True)
class PageCard:
    """All that on-call needs to decide whether to get up."""

    escalation: Escalation
    ticket: Ticket
    reference: str
    queue_name: str
    excerpt: str
    trace_url: str


def build(card: PageCard) -> SlackMessage:
    """Mentions the target; carries an Acknowledge button until somebody has pressed it."""
    subject = text.line(card.ticket.subject, limit=100, default="(no subject)")
    return SlackMessage(text=f"{card.reference} escalated: {subject}", blocks=tuple(_blocks(card, subject)))


def _blocks(card: PageCard, subject: str) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain(f"{_mark(card)} {card.reference} · {subject}"))
    yield SectionBlock(text=text.mrkdwn(_call(card.escalation)))
    if reason := text.quote(card.escalation.reason, limit=1_000, lines=10):
        yield reason
    yield ContextBlock(elements=list(_about(card)))
    if words := text.quote(card.excerpt, limit=600, lines=6):
        yield SectionBlock(text=text.mrkdwn("*The customer wrote*"))
        yield words
    taken = ticket_state.acknowledged(card.escalation)
    yield SectionBlock(text=text.mrkdwn(taken)) if taken else _acknowledge(card.escalation)


def _mark(card: PageCard) -> str:
    return "🚨" if card.escalation.urgency is Priority.URGENT else "🟠"


def _call(escalation: Escalation) -> str:
    target = text.user(escalation.target)
    if escalation.started_by == DESKBELL:
        return f"{target}, you are needed:"
    return f"{target}, {text.user(escalation.started_by)} needs you:"


def _about(card: PageCard) -> Iterator[TextObject]:
    yield text.mrkdwn(f"*{card.escalation.urgency.capitalize()}*")
    yield text.plain(text.line(card.queue_name, limit=75))
    yield text.plain(text.line(str(card.ticket.requester), limit=200, default="Unknown sender"))
    yield text.mrkdwn(text.slack_date(card.escalation.started_at))
    yield text.mrkdwn(text.link(card.trace_url, "Trace"))


def _acknowledge(escalation: Escalation) -> ActionsBlock:
    ref = ids.EscalationRef(escalation_id=escalation.id, ticket_id=escalation.ticket_id)
    return ActionsBlock(
        elements=[buttons.press("Acknowledge", ids.Action.ACKNOWLEDGE, value=ref.encode(), style="primary")]
    )
