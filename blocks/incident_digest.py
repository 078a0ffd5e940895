"""The new tickets of an incident, listed in the thread of its card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from blocks import text
from blocks.message import SlackMessage
from routing.circumstances import STANDARD_TIER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.email import Address

SHOWN = 20
"""Tickets that one message lists; the others are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One new ticket."""

    reference: str
    requester: Address
    subject: str
    tier: str


def build(rows: Sequence[Row], *, count: int) -> SlackMessage:
    """The first tickets of a digest; `count` is how many it has in all."""
    heading = f"{text.counted(count, 'new ticket')}"
    lines = [_line(row) for row in rows[:SHOWN]]
    more = [f"and {count - len(lines):,} more"] if count > len(lines) else []
    hint = text.mrkdwn("They have no card of their own: `/support ticket` opens one.")
    return SlackMessage(
        text=heading,
        blocks=(
            SectionBlock(text=text.mrkdwn("\n".join([f"*{heading}*", *lines, *more]))),
            ContextBlock(elements=[hint]),
        ),
    )


def _line(row: Row) -> str:
    sender = text.inline(row.requester.name or row.requester.email, limit=40, default="unknown sender")
    subject = text.inline(row.subject, limit=60, default="(no subject)")
    tier = "" if row.tier == STANDARD_TIER else f" · *{text.inline(row.tier, limit=20)}*"
    return f"*{row.reference}* · {sender}{tier} · {subject}"
