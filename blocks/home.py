"""The App Home: what is mine, when I am on call, and how the queues are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from blocks import on_call_notices, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

_SHOWN = 20
_SHIFTS, _IN_A_BLOCK = 10, 10
"""So many rows stay below the 3,000 characters of a section."""


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
class HomeShift:
    """One shift of the person who looks."""

    schedule: str
    start: datetime
    end: datetime
    is_now: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeQueue:
    """How one queue is."""

    queue_name: str
    open: int
    unclaimed: int
    oldest: timedelta | None
    """For how long the oldest ticket has waited that nobody has claimed."""
    overdue: int


def build(*, mine: Sequence[HomeTicket], shifts: Sequence[HomeShift], queues: Sequence[HomeQueue]) -> View:
    """`mine` in the order to show it, the most pressing first; `shifts` are those of the next two weeks."""
    return View(type="home", blocks=[*_my_tickets(mine), *_my_shifts(shifts), *_queues(queues)])


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


def _my_shifts(shifts: Sequence[HomeShift]) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain("My shifts"))
    rows = [
        f"{'📟 *Now*, ' if shift.is_now else ''}{on_call_notices.name(shift.schedule)} {_span(shift)}"
        for shift in shifts
    ]
    shown = "\n".join(text.capped(rows, limit=_SHIFTS))
    yield SectionBlock(text=text.mrkdwn(shown or "You are not on call within the next two weeks."))


def _span(shift: HomeShift) -> str:
    until = f"until {text.slack_date(shift.end)}"
    return until if shift.is_now else f"from {text.slack_date(shift.start)} {until}"


def _queues(queues: Sequence[HomeQueue]) -> Iterator[Block]:
    yield HeaderBlock(text=text.plain("Queues"))
    rows = [_queue(queue) for queue in queues if queue.open]
    shown = text.capped(rows or ["No ticket is open in any queue."], limit=_SHOWN)
    for start in range(0, len(shown), _IN_A_BLOCK):
        yield SectionBlock(text=text.mrkdwn("\n".join(shown[start : start + _IN_A_BLOCK])))


def _queue(queue: HomeQueue) -> str:
    parts = [f"*{text.line(queue.queue_name, limit=75)}*  {queue.open:,} open"]
    if queue.unclaimed:
        age = f", the oldest for {text.duration_phrase(queue.oldest)}" if queue.oldest else ""
        parts.append(f"{queue.unclaimed:,} unclaimed{age}")
    if queue.overdue:
        parts.append(f"⚠️ {queue.overdue:,} overdue")
    return " · ".join(parts)
