"""The App Home: what is mine, and what waits for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from blocks import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeTicket:
    """One open ticket of the person who looks."""

    reference: str
    subject: str
    queue_name: str
    due_at: datetime | None
    permalink: str | None = None
    """Opens the card, once it is posted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueCount:
    """How many tickets of a queue nobody has claimed."""

    queue_name: str
    unclaimed: int


def build(*, mine: Sequence[HomeTicket], queues: Sequence[QueueCount]) -> View:
    """`mine` in the order to show it: the most pressing first."""
    return View(type="home", blocks=[*_my_tickets(mine), *_waiting(queues)])


def _my_tickets(mine: Sequence[HomeTicket]) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain("My open tickets"))
    if not mine:
        yield SectionBlock(
            text=text.mrkdwn("Nothing is waiting for you. Claim a ticket in its channel to see it here.")
        )
    for row in text.capped([_row(ticket) for ticket in mine], limit=_SHOWN):
        yield SectionBlock(text=text.mrkdwn(row))


def _row(ticket: HomeTicket) -> str:
    name = text.link(ticket.permalink, ticket.reference) if ticket.permalink else ticket.reference
    due = f" · answer due {text.slack_date(ticket.due_at)}" if ticket.due_at else ""
    subject = text.inline(ticket.subject, limit=150, default="(no subject)")
    return f"*{name}* {subject}\n{text.line(ticket.queue_name, limit=75)}{due}"


def _waiting(queues: Sequence[QueueCount]) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain("Waiting to be claimed"))
    rows = [
        f"*{queue.unclaimed}* in {text.line(queue.queue_name, limit=75)}"
        for queue in queues
        if queue.unclaimed
    ]
    shown = "\n".join(text.capped(rows, limit=_SHOWN))
    yield SectionBlock(text=text.mrkdwn(shown or "No ticket waits: every one has somebody."))
