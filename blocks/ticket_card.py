"""The living card: one message a ticket, edited in place for its whole life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    SectionBlock,
    TextObject,
)

from blocks import (
    attachments,
    buttons,
    decision_text,
    ids,
    left_out,
    sla_text,
    text,
    ticket_state,
    ticket_ties,
)
from blocks.message import SlackMessage
from routing.decision import Priority, RoutingDecision
from routing.ticket import Ticket, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from routing.attachment import StoredAttachment
    from routing.email import Address, Attachment
    from routing.escalation import Escalation
    from routing.sla_clock import Clock
    from routing.visible_text import VisibleText

_HEADER_LIMIT = 150
_EXCERPT_LIMIT = 1_200
_EXCERPT_LINES = 12
_LATEST_LIMIT = 200
_PRIORITY_MARKS = {
    Priority.URGENT: "🔴 *Urgent*",
    Priority.HIGH: "🟠 *High priority*",
    Priority.LOW: "Low priority",
}


@dataclass(frozen=True, kw_only=True)
class LatestMessage:
    """What the customer wrote last, after the mail that opened the ticket; the whole stands in the thread."""

    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A queue that the model guesses for a ticket in triage."""

    queue: str
    name: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class TicketCard:
    """All that a card shows. Customer text comes as it was written; `build` escapes it."""

    ticket: Ticket
    reference: str
    queue_name: str
    visible: VisibleText
    """The customer's own words, without what they quoted."""
    decision: RoutingDecision
    attachments: tuple[Attachment, ...]
    alarms: tuple[StoredAttachment, ...] = ()
    """Files of any mail of the ticket that nobody gets."""
    trace_url: str
    escalation: Escalation | None = None
    warnings: tuple[str, ...] = ()
    """Why the sender should not be believed."""
    related_reference: str | None = None
    """The ticket that this one is tied to."""
    writer: Address | None = None
    """Who wrote the mail that the requester forwarded, where answers could go there instead."""
    company: str | None = None
    """Whom the requester works for, as the team's records say."""
    recipients: tuple[str, ...] = ()
    """Those of the desk's addresses that the mail was sent to; named if there are several."""
    latest: LatestMessage | None = None
    incident: str | None = None
    """The incident that it belongs to, as people name it: `INC-7`."""
    proposals: tuple[Proposal, ...] = ()
    """Where a ticket may belong that waits for a person to say so; the first two are shown."""
    clocks: tuple[Clock, ...] = ()
    """What was promised, and how it stands."""
    note: str | None = None
    """Why the card is not where one would look for it."""


def build(card: TicketCard) -> SlackMessage:
    """The card as it stands now."""
    return SlackMessage(text=_fallback(card), blocks=tuple(_blocks(card)))


def _blocks(card: TicketCard) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain(_title(card)))
    yield ContextBlock(elements=list(_about(card)))
    if card.warnings:
        yield ContextBlock(elements=[text.mrkdwn(f"⚠️ *{text.line('; '.join(card.warnings), limit=500)}*")])
    if card.ticket.undelivered:
        yield SectionBlock(
            text=text.plain(f"⚠️ Not delivered to {text.line(card.ticket.undelivered, limit=500)}")
        )
    yield from ticket_ties.related(card.ticket, card.reference, card.related_reference)
    quoted = text.quote(card.visible.visible, limit=_EXCERPT_LIMIT, lines=_EXCERPT_LINES)
    yield quoted or SectionBlock(text=text.mrkdwn("_The mail has no text._"))
    yield from left_out.hint(card.visible, trace_url=card.trace_url)
    if card.latest:
        words = text.inline(card.latest.words, limit=_LATEST_LIMIT, default="no text")
        yield ContextBlock(
            elements=[text.mrkdwn(f"✉️ Wrote again {text.slack_date(card.latest.at)}: “{words}”")]
        )
    if card.writer:
        yield ticket_ties.forwarded(card.ticket, card.writer)
    yield SectionBlock(fields=[text.mrkdwn(f"*{name}*\n{value}") for name, value in _facts(card) if value])
    yield ContextBlock(elements=[text.mrkdwn(f"Why: {decision_text.why(card.decision)}")])
    yield SectionBlock(text=text.mrkdwn("\n".join(_state(card))))
    if card.note:
        yield ContextBlock(elements=[text.mrkdwn(f"⚠️ {text.line(card.note, limit=500)}")])
    if card.proposals:
        yield ActionsBlock(elements=list(_guesses(card)))
    yield ActionsBlock(elements=list(_buttons(card)))


def _state(card: TicketCard) -> Iterator[str]:
    return ticket_state.lines(card.ticket, card.queue_name, card.escalation, card.related_reference)


def _title(card: TicketCard) -> str:
    number = f"{card.reference} · "
    room = _HEADER_LIMIT - len(number)
    return number + text.line(card.ticket.subject, limit=room, default="(no subject)")


def _about(card: TicketCard) -> Iterator[TextObject]:
    ticket = card.ticket
    yield text.plain(text.line(str(ticket.requester), limit=200, default="Unknown sender"))
    yield text.plain(text.line(ticket.tier.capitalize(), limit=40, default="No tier"))
    if card.company:
        yield text.plain(text.line(card.company, limit=100))
    yield text.mrkdwn(text.slack_date(ticket.created_at))
    if len(card.recipients) > 1:
        yield text.plain(text.line(f"To {', '.join(card.recipients)}", limit=300))
    if card.incident:
        yield text.mrkdwn(f"🔥 *Part of {card.incident}*")
    elif card.decision.is_incident:
        yield text.mrkdwn("🚨 *Sign of an incident*")
    if ticket.priority in _PRIORITY_MARKS:
        yield text.mrkdwn(_PRIORITY_MARKS[ticket.priority])


def _facts(card: TicketCard) -> Iterator[tuple[str, str]]:
    yield "Intent", decision_text.intent(card.decision)
    yield sla_text.deadline(card.clocks) or ("Answer due", _due(card))
    yield "Mentions", decision_text.entities(card.decision)
    yield "Attachments", attachments.summary(card.attachments, card.alarms)


def _due(card: TicketCard) -> str:
    """Of a ticket from before there were clocks: an answered or resolved one has no deadline."""
    ticket = card.ticket
    if (
        card.clocks
        or not ticket.response_due_at
        or ticket.first_responded_at
        or ticket.state is TicketState.RESOLVED
    ):
        return ""
    return text.slack_date(ticket.response_due_at)


def _guesses(card: TicketCard) -> Iterator[ButtonElement]:
    """One press instead of the Reassign window."""
    for proposal, action in zip(card.proposals, (ids.Action.GUESS, ids.Action.SECOND_GUESS), strict=False):
        label = f"→ {text.line(proposal.name, limit=60)} {text.percent(proposal.probability)}"
        ref = ids.GuessRef(ticket_id=card.ticket.id, queue=proposal.queue)
        yield buttons.press(label, action, value=ref.encode())


def _buttons(card: TicketCard) -> Iterator[InteractiveElement]:
    value = ids.TicketRef(ticket_id=card.ticket.id).encode()
    is_open = card.ticket.state is TicketState.OPEN
    if is_open:
        yield _claim_or_release(card.ticket, value)
        yield buttons.press("Reply", ids.Action.REPLY, value=value)
        yield buttons.press("Reassign", ids.Action.REASSIGN, value=value)
        yield buttons.press("Escalate", ids.Action.ESCALATE, value=value, style="danger")
        yield buttons.press("Resolve", ids.Action.RESOLVE, value=value)
    elif card.ticket.merged_into is None:
        yield buttons.press("Reopen", ids.Action.REOPEN, value=value)
    yield buttons.trace(card.trace_url)
    if is_open:
        yield ticket_ties.menu(card.ticket, card.incident)


def _claim_or_release(ticket: Ticket, value: str) -> ButtonElement:
    if ticket.assignee_id:
        return buttons.press("Release", ids.Action.RELEASE, value=value)
    return buttons.press("Claim", ids.Action.CLAIM, value=value, style="primary")


def _fallback(card: TicketCard) -> str:
    """What a notification says: no mention, so that an edit of the card pings nobody."""
    requester, queue = card.ticket.requester, text.line(card.queue_name, limit=75)
    sender = text.line(requester.name or requester.email, limit=100, default="an unknown sender")
    return f"{_title(card)} · from {sender} · {ticket_state.word(card.ticket)} in {queue}"
