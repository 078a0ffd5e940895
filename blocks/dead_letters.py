"""The outbox entries that were given up, each with buttons to try again and to discard it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, HeaderBlock, SectionBlock

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
    listed = letters[:_SHOWN]
    shown: list[Block] = [block for letter in listed for block in (_entry(letter, now), _choices(letter))]
    rest = total - len(listed)
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
    return SectionBlock(text=text.mrkdwn(f"*#{letter.id}* {kind} to {destination}\n{reason}\n{history}"))


def _choices(letter: DeadLetter) -> ActionsBlock:
    value = ids.DeadLetterRef(entry_id=letter.id).encode()
    discard = buttons.press(
        "Discard",
        ids.Action.DISCARD_DEAD_LETTER,
        value=value,
        confirm=buttons.sure(
            f"Discard #{letter.id}?", "It will never be delivered. Its trace keeps the record.", yes="Discard"
        ),
    )
    return ActionsBlock(elements=[buttons.press("Retry", ids.Action.RETRY_DEAD_LETTER, value=value), discard])
