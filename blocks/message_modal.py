"""A modal that only says something."""

from __future__ import annotations

from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.views import View

from blocks import text


def build(title: str, words: str) -> View:
    """`words` is mrkdwn of our own making; whatever a customer wrote must be escaped in it already."""
    return View(
        type="modal",
        title=text.plain(text.line(title, limit=24)),
        close=text.plain("Close"),
        blocks=[SectionBlock(text=text.mrkdwn(words))],
    )
