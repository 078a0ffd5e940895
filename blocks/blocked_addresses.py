"""The addresses that get no mail, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ContextBlock, HeaderBlock, SectionBlock

from blocks import text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """One address; `expires_at` is None until somebody unblocks it."""

    address: str
    reason: str
    expires_at: datetime | None


def build(blocked: Sequence[Blocked]) -> SlackMessage:
    """The newest first; one more than is shown says that there are more."""
    if not blocked:
        return SlackMessage(
            text="No address is blocked",
            blocks=(SectionBlock(text=text.plain("No address is blocked: mail goes to everybody.")),),
        )
    rows = text.capped([_row(address) for address in blocked], limit=_SHOWN)
    return SlackMessage(
        text="Blocked addresses",
        blocks=(
            HeaderBlock(text=text.plain("Blocked addresses")),
            *(SectionBlock(text=text.mrkdwn(row)) for row in rows),
            ContextBlock(elements=[text.mrkdwn("`/support unblock ADDRESS` lets mail go there again.")]),
        ),
    )


def changed(words: str) -> SlackMessage:
    """What came of a command, as plain words."""
    shown = text.line(words, limit=500)
    return SlackMessage(text=shown, blocks=(SectionBlock(text=text.plain(shown)),))


def _row(blocked: Blocked) -> str:
    until = f"until {text.slack_date(blocked.expires_at)}" if blocked.expires_at else "until unblocked"
    address, reason = text.code(blocked.address, limit=254), text.inline(blocked.reason, limit=300)
    return f"{address} {until}\n{reason}"
