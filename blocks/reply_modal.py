"""Reply to the customer in two steps: write, then see what will be sent.

The preview is pushed on top of the writing step, so that Back finds the text as it was. A view carries 3,000
characters of metadata at most: the draft stays in the database, and both views hold only a ref.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    ContextBlock,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from blocks import ids, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.email import Address

BODY_LIMIT = 3_000
"""Characters that Slack's text input takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An answer that nobody has sent yet."""

    ref: ids.TicketRef
    body: str


def write(ref: ids.TicketRef, *, reference: str, to: Address, draft: str = "") -> View:
    """The writing step; `draft` is what somebody has already written."""
    return View(
        type="modal",
        callback_id=ids.Callback.REPLY_MODAL,
        title=text.plain(text.line(f"Reply to {reference}", limit=24)),
        submit=text.plain("Preview"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            ContextBlock(
                elements=[text.plain(f"To: {_recipient(to)}"), text.plain("This goes to the customer.")]
            ),
            _body(draft),
        ],
    )


def preview(ref: ids.TicketRef, *, to: Address, subject: str, body: str) -> View:
    """The last look before the mail leaves: `body` is the text part as the customer will read it."""
    shown = [SectionBlock(text=text.plain(part)) for part in text.pieces(body, limit=BODY_LIMIT)]
    return View(
        type="modal",
        callback_id=ids.Callback.REPLY_PREVIEW,
        title=text.plain("Send this answer?"),
        submit=text.plain("Send"),
        close=text.plain("Back"),
        private_metadata=ids.ReplyRef(ticket_id=ref.ticket_id, to=to.email).encode(),
        blocks=[
            ContextBlock(elements=[text.plain(f"To: {_recipient(to)}")]),
            ContextBlock(elements=[text.plain(f"Subject: {text.line(subject, limit=500)}")]),
            DividerBlock(),
            *shown,
        ],
    )


def parse_write(view: Mapping[str, Any]) -> Draft:
    """Read the writing step; raises `SubmissionError` for a blank text, or `UnknownRefError`."""
    return Draft(
        ref=ids.TicketRef.decode(view["private_metadata"]),
        body=submission.required(view, ids.Input.BODY),
    )


def parse_preview(view: Mapping[str, Any]) -> ids.ReplyRef:
    """The ticket whose draft is to be sent, and to whom; raises `UnknownRefError`."""
    return ids.ReplyRef.decode(view["private_metadata"])


def _recipient(to: Address) -> str:
    return text.line(str(to), limit=300)


def _body(draft: str) -> InputBlock:
    return InputBlock(
        block_id=ids.Input.BODY,
        label=text.plain("Your answer"),
        element=PlainTextInputElement(
            action_id=ids.Input.BODY,
            multiline=True,
            max_length=BODY_LIMIT,
            # Not a text object: an input shows its value as it is, so escaping would show entities.
            initial_value=draft[:BODY_LIMIT] or None,
            focus_on_load=True,
        ),
    )
