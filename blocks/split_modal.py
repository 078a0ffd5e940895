"""Split: which message leaves the ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import ContextBlock, InputBlock, Option, StaticSelectElement
from slack_sdk.models.views import View

from blocks import ids, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.ticket import Message

_OPTIONS = 100
"""As many as Slack's select takes: the newest ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One message that may leave."""

    message: Message
    merged_reference: str | None = None
    """The merged ticket that it opened, which would come back with all its mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitWish:
    """Which message of which ticket."""

    ref: ids.TicketRef
    message_row_id: int


def build(ref: ids.TicketRef, *, reference: str, choices: Sequence[Choice]) -> View:
    """`choices` oldest first, at least one."""
    return View(
        type="modal",
        callback_id=ids.Callback.SPLIT_MODAL,
        title=text.plain(text.line(f"Split {reference}", limit=24)),
        submit=text.plain("Split off"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            InputBlock(
                block_id=ids.Input.MESSAGE,
                label=text.plain("Which message?"),
                element=StaticSelectElement(
                    action_id=ids.Input.MESSAGE, options=[_option(choice) for choice in choices[-_OPTIONS:]]
                ),
            ),
            ContextBlock(elements=[text.plain("It gets a ticket and a card of its own.")]),
        ],
    )


def parse(view: Mapping[str, Any]) -> SplitWish:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    return SplitWish(
        ref=ids.TicketRef.decode(view["private_metadata"]),
        message_row_id=int(submission.required(view, ids.Input.MESSAGE)),
    )


def _option(choice: Choice) -> Option:
    message = choice.message
    written_at = f"{message.created_at.astimezone(UTC):%d %b, %H:%M} UTC"
    who = f"All of {choice.merged_reference}" if choice.merged_reference else message.author
    return Option(
        text=text.plain(f"{text.line(who, limit=50, default='Unknown sender')}, {written_at}"),
        description=text.plain(text.line(message.body, limit=75, default="No text.")),
        value=str(message.id),
    )
