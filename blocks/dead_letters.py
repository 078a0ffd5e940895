"""The outbox entries that were given up, each with a button to try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, SectionBlock

from blocks import buttons, ids, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """One thing that did not go out."""

    id: int
    kind: str
    """Of outbox entry: `slack.post_card`."""
    destination: str
    created_at: datetime
    reason: str
    attempts: int


def build(letters: Sequence[DeadLetter], *, total: int, now: datetime) -> SlackMessage:
    """The first ten of `letters`; `total` is how many there are in all."""
    if not letters:
        return _message("No dead letters: everything was delivered.")
    shown: list[Block] = [_entry(letter, now) for letter in letters[:_SHOWN]]
    rest = total - len(shown)
    if rest > 0:
        shown.append(ContextBlock(elements=[text.mrkdwn(f"and {rest:,} more")]))
    return _message(text.counted(total, "dead letter"), *shown)


def _message(verdict: str, *entries: Block) -> SlackMessage:
    return SlackMessage(text=verdict, blocks=(HeaderBlock(text=text.plain(verdict)), *entries))


def _entry(letter: DeadLetter, now: datetime) -> SectionBlock:
    kind, destination = text.code(letter.kind, limit=75), text.inline(letter.destination, limit=150)
    history = (
        f"{text.duration_phrase(now - letter.created_at)} old, {text.counted(letter.attempts, 'attempt')}"
    )
    reason = text.inline(letter.reason, limit=300, default="no reason recorded")
    ref = ids.DeadLetterRef(entry_id=letter.id)
    return SectionBlock(
        text=text.mrkdwn(f"*#{letter.id}* {kind} to {destination}\n{reason}\n{history}"),
        accessory=buttons.press("Retry", ids.Action.RETRY_DEAD_LETTER, value=ref.encode()),
    )
