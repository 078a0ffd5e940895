"""Escalate: why on-call is needed, and how badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import (
    ContextBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from blocks import ids, on_call_notices, step_words, submission, text
from routing.decision import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.escalation_policy import EscalationPolicy

_REASON_LIMIT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationRequest:
    """What a person asks of on-call."""

    ref: ids.TicketRef
    reason: str
    urgency: Priority
    """High or urgent."""


def build(ref: ids.TicketRef, *, reference: str, policy: EscalationPolicy, people: Sequence[str]) -> View:
    """`policy` is what will happen if the ticket stays as urgent as it is; `people` are on call for it now."""
    return View(
        type="modal",
        callback_id=ids.Callback.ESCALATE_MODAL,
        title=text.plain(text.line(f"Escalate {reference}", limit=24)),
        submit=text.plain("Escalate"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[
            _reason(),
            _urgency(),
            ContextBlock(elements=[text.mrkdwn(f"Deskbell {step_words.summary(policy)}.")]),
            ContextBlock(elements=[text.mrkdwn(_on_call(people))]),
        ],
    )


def parse(view: Mapping[str, Any]) -> EscalationRequest:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    return EscalationRequest(
        ref=ids.TicketRef.decode(view["private_metadata"]),
        reason=submission.required(view, ids.Input.REASON),
        urgency=Priority(submission.required(view, ids.Input.URGENCY)),
    )


def _on_call(people: Sequence[str]) -> str:
    return f"On call now: {on_call_notices.mentions(people)}." if people else "Nobody is on call now."


def _reason() -> InputBlock:
    return InputBlock(
        block_id=ids.Input.REASON,
        label=text.plain("What is wrong?"),
        element=PlainTextInputElement(action_id=ids.Input.REASON, multiline=True, max_length=_REASON_LIMIT),
    )


def _urgency() -> InputBlock:
    high = Option(text=text.plain("High: needs a person today"), value=Priority.HIGH)
    urgent = Option(text=text.plain("Urgent: needs a person now"), value=Priority.URGENT)
    return InputBlock(
        block_id=ids.Input.URGENCY,
        label=text.plain("Urgency"),
        element=RadioButtonsElement(action_id=ids.Input.URGENCY, options=[high, urgent], initial_option=high),
    )
