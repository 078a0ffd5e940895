"""The open incidents, for `/support incidents`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, HeaderBlock, SectionBlock

from blocks import text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from routing.incidents import Incident

SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One open incident."""

    incident: Incident
    reference: str
    tickets: int
    open: int


def build(listed: Sequence[Listed], *, now: datetime) -> SlackMessage:
    """The newest first."""
    heading = text.counted(len(listed), "open incident") if listed else "No open incident."
    rows: list[Block] = [SectionBlock(text=text.mrkdwn(_row(one, now))) for one in listed[:SHOWN]]
    return SlackMessage(text=heading, blocks=(HeaderBlock(text=text.plain(heading)), *rows))


def _row(one: Listed, now: datetime) -> str:
    incident = one.incident
    title = text.inline(incident.title, limit=150)
    taken = f"taken by {text.user(incident.commander_id)}" if incident.commander_id else "nobody has taken it"
    age = text.duration_phrase(now - incident.opened_at)
    where = f" · <#{incident.channel}>" if incident.channel else ""
    return (
        f"*{one.reference}* · {title}\n"
        f"{text.counted(one.tickets, 'ticket')}, {one.open:,} open · {age} old · {taken}{where}"
    )
