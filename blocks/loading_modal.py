"""A modal that opens at once, to be replaced by views.update.

A trigger_id lives three seconds, which a cold database may need for itself
(https://docs.slack.dev/interactivity/handling-user-interaction).
"""

from __future__ import annotations

from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.views import View

from blocks import text


def build(title: str) -> View:
    """`title` is cut at 24 characters."""
    return View(
        type="modal",
        title=text.plain(text.line(title, limit=24)),
        close=text.plain("Cancel"),
        blocks=[SectionBlock(text=text.plain("One moment…"))],
    )
