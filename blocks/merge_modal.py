"""Merge: into which other ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import ContextBlock, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from blocks import ids, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeWish:
    """Which ticket becomes part of which."""

    ref: ids.TicketRef
    into: str
    """As it was typed: `DB-1001`, `db-1001`, `1001`, or anything else."""


def build(ref: ids.TicketRef, *, reference: str, example: str) -> View:
    """`example` shows what a ticket number looks like."""
    return View(
        type="modal",
        callback_id=ids.Callback.MERGE_MODAL,
        title=text.plain(text.line(f"Merge {reference}", limit=24)),
        submit=text.plain("Merge"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            InputBlock(
                block_id=ids.Input.TICKET,
                label=text.plain("Into which ticket?"),
                element=PlainTextInputElement(
                    action_id=ids.Input.TICKET,
                    placeholder=text.plain(example),
                    max_length=30,
                    focus_on_load=True,
                ),
            ),
            ContextBlock(
                elements=[
                    text.plain(
                        f"{reference} is closed and its mail goes to the other ticket from now on. "
                        f"“Split off a message…” undoes it."
                    )
                ]
            ),
        ],
    )


def parse(view: Mapping[str, Any]) -> MergeWish:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    return MergeWish(
        ref=ids.TicketRef.decode(view["private_metadata"]),
        into=submission.required(view, ids.Input.TICKET),
    )
