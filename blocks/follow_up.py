"""What is said in a card's thread when a mail comes or goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from blocks import attachments, text
from blocks.message import SlackMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.models.blocks import TextObject

    from routing.email import Address, Attachment

_TEXT_LIMIT = 2_500
_LINES = 40


def build(*, author: Address, body: str, files: Sequence[Attachment] = ()) -> SlackMessage:
    """The customer wrote again."""
    name = text.line(author.name or author.email, limit=100, default="The customer")
    heading = text.plain(f"✉️ {text.line(str(author), limit=200)} wrote")
    message = _spoken([heading], body, fallback=f"{name} wrote again")
    if not files:
        return message
    listed = ContextBlock(elements=[text.mrkdwn(f"📎 {attachments.summary(files)}")])
    return SlackMessage(text=message.text, blocks=(*message.blocks, listed))


def sent_reply(*, agent_id: str, to: Address, body: str) -> SlackMessage:
    """An agent has answered the customer."""
    heading = [
        text.mrkdwn(f"↩️ {text.user(agent_id)} answered"),
        text.plain(text.line(str(to), limit=200, default="the customer")),
    ]
    return _spoken(heading, body, fallback=f"An answer went to {text.line(to.email, limit=100)}")


def _spoken(heading: Sequence[TextObject], body: str, *, fallback: str) -> SlackMessage:
    quoted = text.quote(body, limit=_TEXT_LIMIT, lines=_LINES)
    words = quoted or SectionBlock(text=text.mrkdwn("_No text._"))
    return SlackMessage(text=fallback, blocks=(ContextBlock(elements=[*heading]), words))
