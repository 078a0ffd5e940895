"""The windows of an incident: open it, write to its requesters, resolve it, look back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    Block,
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

BODY_LIMIT = 3_000
"""Characters that Slack's text input takes."""
_TITLE_LIMIT = 100
_MOST_ROWS = 40
_ROWS = 8
"""Of one block, which takes 3,000 characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewIncident:
    """A person says that a ticket is one of many."""

    ref: ids.TicketRef
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What is to be said to the requesters; empty where nothing is."""

    ref: ids.IncidentRef
    body: str


def open_one(ref: ids.TicketRef, *, reference: str, title: str, intent: str) -> View:
    """Asks for the title of a new incident; `intent` is empty where no rule knows what the ticket is about."""
    joins = (
        f"New tickets about {text.line(intent, limit=60)} join it and get no card of their own."
        if intent
        else "No rule knows what this ticket is about, so no other joins it by itself."
    )
    return View(
        type="modal",
        callback_id=ids.Callback.INCIDENT_OPEN_MODAL,
        title=text.plain("Open an incident"),
        submit=text.plain("Open"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            InputBlock(
                block_id=ids.Input.TITLE,
                label=text.plain("What is wrong?"),
                element=PlainTextInputElement(
                    action_id=ids.Input.TITLE,
                    max_length=_TITLE_LIMIT,
                    initial_value=title[:_TITLE_LIMIT] or None,
                ),
            ),
            ContextBlock(
                elements=[text.plain(f"{reference} is its first ticket. On-call is called. {joins}")]
            ),
        ],
    )


def write(ref: ids.IncidentRef, *, reference: str, recipients: int, draft: str) -> View:
    """The writing step of an update."""
    who = f"This goes to {text.counted(recipients, 'customer')}, and into each acknowledgement from then on."
    return View(
        type="modal",
        callback_id=ids.Callback.INCIDENT_UPDATE_MODAL,
        title=text.plain(text.line(f"Update {reference}", limit=24)),
        submit=text.plain("Preview"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            ContextBlock(elements=[text.plain(who)]),
            _body("What do we tell them?", draft, optional=False),
        ],
    )


def resolve(ref: ids.IncidentRef, *, reference: str, tickets: int, recipients: int, draft: str) -> View:
    """Resolve all: with the counts, and a last word to the customers if there is one."""
    counts = f"{text.counted(tickets, 'open ticket')} of {reference} will be resolved. This cannot be undone."
    last = f"It goes to {text.counted(recipients, 'customer')}, after a preview. Empty: nobody is written to."
    return View(
        type="modal",
        callback_id=ids.Callback.INCIDENT_RESOLVE_MODAL,
        title=text.plain(text.line(f"Resolve {reference}", limit=24)),
        submit=text.plain("Resolve all"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            SectionBlock(text=text.plain(counts)),
            _body("A last word to the customers", draft, optional=True),
            ContextBlock(elements=[text.plain(last)]),
        ],
    )


def preview(ref: ids.UpdateRef, *, recipients: int, tickets: int, subject: str, body: str) -> View:
    """The last look before the mails leave: `body` is the text part as the first customer will read it."""
    shown: list[Block] = [SectionBlock(text=text.plain(part)) for part in text.pieces(body, limit=BODY_LIMIT)]
    ends = f" {text.counted(tickets, 'open ticket')} will be resolved." if ref.resolves else ""
    who = f"To {text.counted(recipients, 'customer')}, each once.{ends}"
    return View(
        type="modal",
        callback_id=ids.Callback.INCIDENT_UPDATE_PREVIEW,
        title=text.plain("Send to all of them?"),
        submit=text.plain("Send and resolve" if ref.resolves else "Send"),
        close=text.plain("Back"),
        private_metadata=ref.encode(),
        blocks=[
            SectionBlock(text=text.mrkdwn(f"*{who}*")),
            ContextBlock(elements=[text.plain(f"Subject: {text.line(subject, limit=500)}")]),
            DividerBlock(),
            *shown,
        ],
    )


def timeline(*, reference: str, rows: list[str]) -> View:
    """What was done, oldest first; `rows` are mrkdwn of our own making, 350 characters at most. Shows the newest."""
    shown = rows[-_MOST_ROWS:] or ["Nothing has been done yet."]
    parts = ["\n".join(shown[start : start + _ROWS]) for start in range(0, len(shown), _ROWS)]
    return View(
        type="modal",
        title=text.plain(text.line(f"Timeline {reference}", limit=24)),
        close=text.plain("Close"),
        blocks=[SectionBlock(text=text.mrkdwn(part)) for part in parts],
    )


def parse_open(view: Mapping[str, Any]) -> NewIncident:
    """Read the opening window; raises `SubmissionError` or `UnknownRefError`."""
    return NewIncident(
        ref=ids.TicketRef.decode(view["private_metadata"]), title=submission.required(view, ids.Input.TITLE)
    )


def parse_write(view: Mapping[str, Any]) -> Written:
    """Read the writing step; raises `SubmissionError` for a blank text, or `UnknownRefError`."""
    return Written(
        ref=ids.IncidentRef.decode(view["private_metadata"]), body=submission.required(view, ids.Input.BODY)
    )


def parse_resolve(view: Mapping[str, Any]) -> Written:
    """Read the resolving window; raises `UnknownRefError`."""
    return Written(
        ref=ids.IncidentRef.decode(view["private_metadata"]),
        body=submission.optional(view, ids.Input.BODY) or "",
    )


def parse_preview(view: Mapping[str, Any]) -> ids.UpdateRef:
    """The update that is to be sent; raises `UnknownRefError`."""
    return ids.UpdateRef.decode(view["private_metadata"])


def _body(label: str, draft: str, *, optional: bool) -> InputBlock:
    return InputBlock(
        block_id=ids.Input.BODY,
        label=text.plain(label),
        element=PlainTextInputElement(
            action_id=ids.Input.BODY,
            multiline=True,
            max_length=BODY_LIMIT,
            # Not a text object: an input shows its value as it is, so escaping would show entities.
            initial_value=draft[:BODY_LIMIT] or None,
        ),
        optional=optional,
    )
