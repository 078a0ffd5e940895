"""A few words in the thread of an escalation's message."""

from __future__ import annotations

from slack_sdk.models.blocks import SectionBlock

from blocks import text
from blocks.message import SlackMessage


def build(markup: str) -> SlackMessage:
    """`markup` is ours, with whatever else is in it escaped; it may mention people."""
    return SlackMessage(text=markup, blocks=(SectionBlock(text=text.mrkdwn(markup)),))
