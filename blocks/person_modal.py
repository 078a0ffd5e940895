"""Hand over, and Add responder: which person is to be paged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import ContextBlock, InputBlock, UserSelectElement
from slack_sdk.models.views import View

from blocks import ids, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Whom a person has chosen."""

    ref: ids.EscalationRef
    person: str
    """Slack user id."""


def hand_over(ref: ids.EscalationRef, *, reference: str) -> View:
    return _build(
        ref,
        callback=ids.Callback.HAND_OVER_MODAL,
        title=f"Hand over {reference}",
        submit="Hand over",
        hint="They are paged at once. If they do not acknowledge within ten minutes, the policy begins again.",
    )


def add_responder(ref: ids.EscalationRef, *, reference: str) -> View:
    return _build(
        ref,
        callback=ids.Callback.RESPONDER_MODAL,
        title=f"Help for {reference}",
        submit="Page them",
        hint="They are paged at once. Whoever has acknowledged keeps it.",
    )


def parse(view: Mapping[str, Any]) -> Choice:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    return Choice(
        ref=ids.EscalationRef.decode(view["private_metadata"]),
        person=submission.required(view, ids.Input.PERSON),
    )


def _build(ref: ids.EscalationRef, *, callback: ids.Callback, title: str, submit: str, hint: str) -> View:
    return View(
        type="modal",
        callback_id=callback,
        title=text.plain(text.line(title, limit=24)),
        submit=text.plain(submit),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            InputBlock(
                block_id=ids.Input.PERSON,
                label=text.plain("Person"),
                element=UserSelectElement(action_id=ids.Input.PERSON),
            ),
            ContextBlock(elements=[text.mrkdwn(hint)]),
        ],
    )
