"""A mail that came in signed and whole but could not be read: a person takes it by hand."""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, ContextBlock, HeaderBlock, SectionBlock

from blocks import buttons, text
from blocks.message import SlackMessage


def build(*, source: str, reason: str, size: int, beginning: str, trace_url: str) -> SlackMessage:
    """`size` in bytes; of `beginning`, the start of the stored body, 300 characters are shown."""
    name = text.line(source, limit=75)
    why = text.line(reason, limit=500, default="No reason was given.")
    quoted = text.quote(beginning, limit=300, lines=6)
    return SlackMessage(
        text=f"A mail from {name} could not be read",
        blocks=(
            HeaderBlock(text=text.plain("📭 A mail could not be read")),
            ContextBlock(elements=[text.mrkdwn(f"Source *{name}*"), text.mrkdwn(text.size_phrase(size))]),
            SectionBlock(text=text.plain(why)),
            quoted or SectionBlock(text=text.mrkdwn("_The body is empty._")),
            ContextBlock(
                elements=[text.mrkdwn("Nothing is lost: it is stored as it came. Please handle it by hand.")]
            ),
            ActionsBlock(elements=[buttons.trace(trace_url)]),
        ),
    )
