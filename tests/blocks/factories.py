"""Values for the cards, and readers of what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from blocks.ticket_card import TicketCard
from routing.decision import Because, Entity, Priority, RoutingDecision
from routing.email import Address, Attachment
from routing.escalation import Escalation, Trigger
from routing.escalation_policy import STANDARD
from routing.ticket import Ticket, TicketState
from routing.visible_text import Cut, VisibleText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blocks.message import SlackMessage
    from routing.visible_text import CutKind

RECEIVED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TRACE_URL = "https://desk.example.com/traces/t1?expires=1&signature=abc"
CLAIMED = {"assignee_id": "U1", "claimed_at": RECEIVED_AT + timedelta(minutes=2)}
RESOLVED = {
    "state": TicketState.RESOLVED,
    "resolved_by": "U1",
    "resolved_at": RECEIVED_AT + timedelta(hours=2, minutes=5),
}


def ticket(**changes: Any) -> Ticket:
    base = Ticket(
        id=1042,
        tenant="acme",
        trace_id="t1",
        queue="billing",
        subject="Refund for order 123456",
        requester=Address(email="maria@example.com", name="Maria Silva"),
        tier="gold",
        state=TicketState.OPEN,
        priority=Priority.NORMAL,
        created_at=RECEIVED_AT,
        response_due_at=RECEIVED_AT + timedelta(hours=4),
    )
    return replace(base, **changes)


def decision(**changes: Any) -> RoutingDecision:
    base = RoutingDecision(
        queue="billing",
        intent="refund",
        confidence=0.92,
        rule="billing-refund",
        because=(
            Because(
                rule="billing-refund",
                condition="subject matches refund|chargeback",
                field="subject",
                words=("Refund",),
            ),
        ),
        entities=(Entity(kind="order", value="123456", field="subject", start=11, end=23),),
        ruleset="0123456789abcdef",
    )
    return base.model_copy(update=changes)


def escalation(**changes: Any) -> Escalation:
    base = Escalation(
        id=7,
        ticket_id=1042,
        trigger=Trigger.PRESSED,
        policy=STANDARD,
        reason="A VIP waits since Monday",
        urgency=Priority.URGENT,
        target="S3",
        started_by="U1",
        started_at=RECEIVED_AT + timedelta(hours=1),
    )
    return replace(base, **changes)


def card(**changes: Any) -> TicketCard:
    base = TicketCard(
        ticket=ticket(),
        reference="DB-1042",
        queue_name="Billing",
        visible=visible("Hello,\nI want my money back."),
        decision=decision(),
        attachments=(),
        trace_url=TRACE_URL,
    )
    return replace(base, **changes)


def visible(words: str, *kinds: CutKind, is_interleaved: bool = False) -> VisibleText:
    """What is left of a mail in which each kind of lines was cut once."""
    cuts = tuple(Cut(kind=kind, start_line=9, end_line=9, text="") for kind in kinds)
    return VisibleText(visible=words, cuts=cuts, is_interleaved=is_interleaved, forwarded=None)


def files(count: int) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(filename=f"scan-{n}.pdf", content_type="application/pdf", size=84_000)
        for n in range(1, count + 1)
    )


def words(payload: Any) -> Iterator[str]:
    """The text of every text object of a message or view."""
    if isinstance(payload, dict):
        if payload.get("type") in {"mrkdwn", "plain_text"}:
            yield payload["text"]
        payload = list(payload.values())
    if isinstance(payload, list):
        for part in payload:
            yield from words(part)


def quotes(message: SlackMessage) -> list[str]:
    """What stands in block quotes: rich text, which is no markup."""
    blocks = [block for block in message.payload()["blocks"] if block["type"] == "rich_text"]
    return [part["text"] for block in blocks for quote in block["elements"] for part in quote["elements"]]


def shown(message: SlackMessage) -> str:
    """All markup and plain text in the blocks of a message that Slack would take; `quotes` is the rest."""
    return "\n".join(words(message.payload()["blocks"]))


def elements(message: SlackMessage) -> list[dict[str, Any]]:
    """Its buttons."""
    blocks = message.payload()["blocks"]
    accessories = [block["accessory"] for block in blocks if "accessory" in block]
    in_rows = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return [element for element in (*accessories, *in_rows) if element["type"] == "button"]


def labels(message: SlackMessage) -> list[str]:
    return [button["text"]["text"] for button in elements(message)]
