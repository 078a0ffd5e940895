"""Misrouted: where a ticket belongs that was sent to the wrong queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    ContextBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from blocks import ids, message_modal, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTE_LIMIT = 500
_UNKNOWN = "?"
"""Value of the option for who does not know; no queue can have this id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Misrouting:
    """Where a ticket belongs."""

    ref: ids.TicketRef
    queue: str | None
    """None where the person does not know."""
    note: str | None


def build(ref: ids.TicketRef, *, reference: str, queues: Sequence[tuple[str, str]]) -> View:
    """`queues` are pairs of id and name, 99 at most: those where it is not."""
    options = [Option(text=text.plain(text.line(name, limit=75)), value=queue) for queue, name in queues]
    options.append(Option(text=text.plain("I do not know"), value=_UNKNOWN))
    return View(
        type="modal",
        callback_id=ids.Callback.MISROUTED_MODAL,
        title=text.plain(text.line(f"Misrouted {reference}", limit=24)),
        submit=text.plain("Move"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            InputBlock(
                block_id=ids.Input.QUEUE,
                label=text.plain("Where does it belong?"),
                element=StaticSelectElement(action_id=ids.Input.QUEUE, options=options),
            ),
            InputBlock(
                block_id=ids.Input.NOTE,
                label=text.plain("What should the rules have seen?"),
                element=PlainTextInputElement(
                    action_id=ids.Input.NOTE, multiline=True, max_length=_NOTE_LIMIT
                ),
                optional=True,
            ),
            ContextBlock(elements=[text.plain("The ticket moves there, to whoever claims it.")]),
        ],
    )


def parse(view: Mapping[str, Any]) -> Misrouting:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    queue = submission.required(view, ids.Input.QUEUE)
    return Misrouting(
        ref=ids.TicketRef.decode(view["private_metadata"]),
        queue=None if queue == _UNKNOWN else queue,
        note=submission.optional(view, ids.Input.NOTE),
    )


def confirmation(reference: str, queue_name: str) -> View:
    """What takes the place of the modal once the ticket has moved."""
    shown = text.inline(queue_name, limit=75)
    return message_modal.build(
        f"Misrouted {reference}",
        f"Thank you. *{reference}* is in {shown} now, and the owners of the rules can learn from it.",
    )
