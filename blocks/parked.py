"""Mails that were parked instead of opening a ticket, each with the way to read it and a button to let it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, SectionBlock

from blocks import buttons, ids, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slack_sdk.models.blocks import ButtonElement

_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class ParkedMail:
    """One mail that waits for a person."""

    trace_id: str
    reason: str
    sender: str
    subject: str
    received_at: datetime
    trace_url: str
    can_be_released: bool
    """Whether it can be read: what cannot, was shown as a card to handle by hand."""


def build(mails: Sequence[ParkedMail], *, total: int, now: datetime) -> SlackMessage:
    """The first ten of `mails`; `total` is how many are parked in all."""
    if not mails:
        return _message("No parked mail: every mail has its ticket.")
    shown: list[Block] = [_entry(mail, now) for mail in mails[:_SHOWN]]
    if (rest := total - len(shown)) > 0:
        shown.append(ContextBlock(elements=[text.mrkdwn(f"and {rest:,} more")]))
    return _message(text.counted(total, "parked mail"), *shown)


def _message(verdict: str, *entries: Block) -> SlackMessage:
    return SlackMessage(text=verdict, blocks=(HeaderBlock(text=text.plain(verdict)), *entries))


def _entry(mail: ParkedMail, now: datetime) -> SectionBlock:
    subject = text.inline(mail.subject, limit=150, default="(no subject)")
    sender = text.inline(mail.sender, limit=200, default="Unknown sender")
    reason = text.inline(mail.reason, limit=300)
    age = f"{text.duration_phrase(now - mail.received_at)} old"
    return SectionBlock(
        text=text.mrkdwn(f"*{subject}*\n{sender}\n{reason}\n{age}, {text.link(mail.trace_url, 'Trace')}"),
        accessory=_release(mail) if mail.can_be_released else None,
    )


def _release(mail: ParkedMail) -> ButtonElement:
    return buttons.press(
        "Release",
        ids.Action.RELEASE_PARKED,
        value=ids.ParkedRef(trace_id=mail.trace_id).encode(),
        confirm=buttons.sure(
            "Open a ticket for this mail?",
            "It was taken for a mail that runs in circles. It gets a ticket, and no automatic answer.",
            yes="Release",
        ),
    )
