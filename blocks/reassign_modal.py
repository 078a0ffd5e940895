"""Reassign: to another queue, to a person, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from blocks import ids, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTE_LIMIT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Reassignment:
    """Where the ticket goes, and to whom."""

    ref: ids.TicketRef
    queue: str
    assignee_id: str | None
    """Slack user id; None leaves the ticket to whoever claims it."""
    note: str | None


def build(
    ref: ids.TicketRef,
    *,
    reference: str,
    queues: Sequence[tuple[str, str]],
    current: str,
) -> View:
    """`queues` are pairs of id and name, 100 at most; `current` is the id of the ticket's queue.

    Nobody is chosen to begin with: who had the ticket in one queue seldom has it in the next.
    """
    return View(
        type="modal",
        callback_id=ids.Callback.REASSIGN_MODAL,
        title=text.plain(text.line(f"Reassign {reference}", limit=24)),
        submit=text.plain("Reassign"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[_queue(queues, current), _assignee(), _note()],
    )


def parse(view: Mapping[str, Any]) -> Reassignment:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    return Reassignment(
        ref=ids.TicketRef.decode(view["private_metadata"]),
        queue=submission.required(view, ids.Input.QUEUE),
        assignee_id=submission.optional(view, ids.Input.ASSIGNEE),
        note=submission.optional(view, ids.Input.NOTE),
    )


def _queue(queues: Sequence[tuple[str, str]], current: str) -> InputBlock:
    options = {
        queue: Option(text=text.plain(text.line(name, limit=75)), value=queue) for queue, name in queues
    }
    return InputBlock(
        block_id=ids.Input.QUEUE,
        label=text.plain("Queue"),
        element=StaticSelectElement(
            action_id=ids.Input.QUEUE, options=list(options.values()), initial_option=options.get(current)
        ),
    )


def _assignee() -> InputBlock:
    return InputBlock(
        block_id=ids.Input.ASSIGNEE,
        label=text.plain("Person"),
        hint=text.plain("Leave empty to let anyone of the queue claim it."),
        element=UserSelectElement(action_id=ids.Input.ASSIGNEE),
        optional=True,
    )


def _note() -> InputBlock:
    return InputBlock(
        block_id=ids.Input.NOTE,
        label=text.plain("Note for the team"),
        element=PlainTextInputElement(action_id=ids.Input.NOTE, multiline=True, max_length=_NOTE_LIMIT),
        optional=True,
    )
