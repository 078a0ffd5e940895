"""What on-call sees, in a direct message and in the incident channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    Option,
    SectionBlock,
    StaticSelectElement,
    TextObject,
)

from blocks import buttons, escalation_state, ids, text
from blocks.message import SlackMessage
from routing.decision import Priority
from routing.escalation import EscalationState
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.escalation import Escalation, Responder
    from routing.ticket import Ticket

_MOST_NAMES = 12
_SNOOZES = {
    ids.Snooze.QUARTER: "15 minutes",
    ids.Snooze.HOUR: "1 hour",
    ids.Snooze.BUSINESS_DAY: "Until the next business day",
}


@dataclass(frozen=True, kw_only=True)
class PageCard:
    """All that on-call needs to decide whether to get up."""

    escalation: Escalation
    ticket: Ticket
    reference: str
    queue_name: str
    excerpt: str
    trace_url: str
    called: tuple[str, ...] = ()
    """The people and user groups that were called; until somebody is, the target stands for them."""
    responders: tuple[Responder, ...] = ()


def build(card: PageCard) -> SlackMessage:
    """Mentions those who are called; carries buttons until it is over, and Acknowledge until somebody has."""
    subject = text.line(card.ticket.subject, limit=100, default="(no subject)")
    return SlackMessage(text=f"{card.reference} escalated: {subject}", blocks=tuple(_blocks(card, subject)))


def _blocks(card: PageCard, subject: str) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain(f"{_mark(card)} {card.reference} · {subject}"))
    yield SectionBlock(text=text.mrkdwn(_call(card)))
    if reason := text.quote(card.escalation.reason, limit=1_000, lines=10):
        yield reason
    yield ContextBlock(elements=list(_about(card)))
    if words := text.quote(card.excerpt, limit=600, lines=6):
        yield SectionBlock(text=text.mrkdwn("*The customer wrote*"))
        yield words
    yield SectionBlock(text=text.mrkdwn("\n".join(_state(card))))
    if card.escalation.is_open:
        yield ActionsBlock(elements=list(_buttons(card.escalation)))


def _state(card: PageCard) -> Iterator[str]:
    for responder in card.responders[-_MOST_NAMES:]:
        deed = "🤝 Handed over to" if responder.is_in_charge else "🙋 Asked to join:"
        by = text.user(responder.asked_by)
        yield f"{deed} {text.user(responder.person)} by {by}, {text.slack_date(responder.asked_at)}"
    yield from escalation_state.lines(card.escalation)


def _mark(card: PageCard) -> str:
    return "🚨" if card.escalation.urgency is Priority.URGENT else "🟠"


def _call(card: PageCard) -> str:
    called = [text.user(name) for name in card.called or (card.escalation.target,)]
    rest = len(called) - _MOST_NAMES
    names = text.listed(called[:_MOST_NAMES] + ([f"{rest} more"] if rest > 0 else []))
    if card.escalation.started_by == DESKBELL:
        return f"{names}, you are needed:"
    return f"{names}, {text.user(card.escalation.started_by)} needs you:"


def _about(card: PageCard) -> Iterator[TextObject]:
    yield text.mrkdwn(f"*{card.escalation.urgency.capitalize()}*")
    yield text.plain(text.line(card.queue_name, limit=75))
    yield text.plain(text.line(str(card.ticket.requester), limit=200, default="Unknown sender"))
    yield text.mrkdwn(text.slack_date(card.escalation.started_at))
    yield text.mrkdwn(text.link(card.trace_url, "Trace"))


def _buttons(escalation: Escalation) -> Iterator[InteractiveElement]:
    value = ids.EscalationRef(escalation_id=escalation.id, ticket_id=escalation.ticket_id).encode()
    if escalation.state is not EscalationState.ACKNOWLEDGED:
        yield buttons.press("Acknowledge", ids.Action.ACKNOWLEDGE, value=value, style="primary")
    yield buttons.press("Hand over", ids.Action.HAND_OVER, value=value)
    yield buttons.press("Add responder", ids.Action.ADD_RESPONDER, value=value)
    yield buttons.press("Resolve", ids.Action.END_ESCALATION, value=value, confirm=_end())
    yield StaticSelectElement(
        action_id=ids.Action.SNOOZE,
        placeholder=text.plain("Snooze"),
        options=[
            Option(
                text=text.plain(label),
                value=ids.SnoozeRef(escalation_id=escalation.id, choice=choice).encode(),
            )
            for choice, label in _SNOOZES.items()
        ],
    )


def _end() -> ConfirmObject:
    return buttons.sure(
        "Is the trouble over?",
        "Nobody is called any more. The ticket stays open: its own card has the button that resolves it.",
        yes="It is over",
    )
