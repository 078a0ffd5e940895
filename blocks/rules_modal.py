"""Other rules to try: a lead writes them as YAML, and they are replayed before anybody uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import Block, ContextBlock, InputBlock, PlainTextInputElement, SectionBlock
from slack_sdk.models.views import View

from blocks import ids, submission, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 3_000
"""Characters that a text input of Slack takes."""
_IDS = 2_000
_ERROR = 500
_EXAMPLE = """\
- id: money
  description: Refunds and invoices.
  owner: billing
  when: {subject: {matches: 'refund|invoice'}}
  then: {queue: billing, intent: billing, confidence: 0.9}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a lead has written."""

    ref: ids.DraftRef
    content: str


def build(ref: ids.DraftRef, *, content: str, rules: Sequence[str], has_earlier: bool) -> View:
    """`rules` are the ids of the rules that decide now; `has_earlier` says that the content is an earlier draft."""
    return View(
        type="modal",
        callback_id=ids.Callback.RULES_MODAL,
        title=text.plain("Try other rules"),
        submit=text.plain("Replay 7 days"),
        close=text.plain("Cancel"),
        private_metadata=ref.encode(),
        blocks=[_explanation(ref, rules), _input(content), _hint(has_earlier=has_earlier)],
    )


def parse(view: Mapping[str, Any]) -> Draft:
    """Read a view_submission's view; raises `SubmissionError` or `UnknownRefError`."""
    submission.required(view, ids.Input.RULES)
    # As it was typed: without the spaces that it begins with, YAML would be another.
    content: str = view["state"]["values"][ids.Input.RULES][ids.Input.RULES]["value"]
    return Draft(ref=ids.DraftRef.decode(view["private_metadata"]), content=content)


def problems(lines: Sequence[str]) -> str:
    """What is wrong with a draft, as the error under the input."""
    shown = "\n".join(text.capped(lines, limit=3))
    return shown if len(shown) <= _ERROR else f"{shown[: _ERROR - 1]}…"


def _explanation(ref: ids.DraftRef, rules: Sequence[str]) -> Block:
    if ref.is_whole:
        words = "These are all rules. What you write takes their place, for the replay alone."
    else:
        known = text.shorten(", ".join(rules), limit=_IDS)
        words = (
            f"The rules of support.yaml are longer than the {LONGEST:,} characters that Slack lets one edit. "
            f"Write only those that you change, each whole: a rule takes the place of the one with its `id`, and one "
            f"with a new `id` comes after all others. There are: {known}"
        )
    return SectionBlock(text=text.mrkdwn(words))


def _input(content: str) -> InputBlock:
    return InputBlock(
        block_id=ids.Input.RULES,
        label=text.plain("Rules, as YAML"),
        element=PlainTextInputElement(
            action_id=ids.Input.RULES,
            multiline=True,
            max_length=LONGEST,
            initial_value=content or _EXAMPLE,
        ),
    )


def _hint(*, has_earlier: bool) -> Block:
    earlier = "This is your draft of last time. " if has_earlier else ""
    return ContextBlock(
        elements=[text.mrkdwn(f"{earlier}Nothing changes but your draft: the replay says what would move.")]
    )
