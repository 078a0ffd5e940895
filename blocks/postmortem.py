"""The draft of a postmortem in a thread: Markdown to copy, in parts that Slack takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextPreformattedElement

from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_PART = 2_900
MOST_PARTS = 8
"""Who wants the rest of a long one asks the command line."""


def parts(draft: str) -> Iterator[str]:
    """The draft in pieces, parted at line ends; cut after `MOST_PARTS`, which the last one says."""
    rest = draft
    for number in range(1, MOST_PARTS + 1):
        if len(rest) <= LONGEST_PART:
            yield rest
            return
        end = rest.rfind("\n", 1, LONGEST_PART - 100)
        end = end if end > 0 else LONGEST_PART - 100
        more = "\n… the rest: deskbell incident postmortem" if number == MOST_PARTS else ""
        yield rest[:end] + more
        rest = rest[end:].lstrip("\n")


def build(part: str) -> SlackMessage:
    """One part. Rich text is no markup: nothing that a customer wrote has power in it."""
    words = RichTextElementParts.Text(text=part)
    return SlackMessage(
        text="Draft of the postmortem",
        blocks=(RichTextBlock(elements=[RichTextPreformattedElement(elements=[words])]),),
    )
