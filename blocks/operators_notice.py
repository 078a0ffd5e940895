"""What the people who run the desk should know."""

from __future__ import annotations

from slack_sdk.models.blocks import SectionBlock

from blocks import text
from blocks.message import SlackMessage


def build(notice: str) -> SlackMessage:
    """One notice as plain words: it may repeat what another system answered."""
    shown = text.line(notice, limit=1_500)
    return SlackMessage(text=shown, blocks=(SectionBlock(text=text.plain(f"⚠️ {shown}")),))
