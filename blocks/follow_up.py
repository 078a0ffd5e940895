"""What is said in a card's thread when a mail comes or goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from blocks import attachments, left_out, text
from blocks.message import SlackMessage
from routing.email import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.models.blocks import TextObject

    from routing.bounces import Bounce
    from routing.email import Attachment
    from routing.visible_text import VisibleText

_TEXT_LIMIT = 2_500
_LINES = 40
_RECIPIENTS = 5


def build(
    *, author: Address | None, visible: VisibleText, trace_url: str, files: Sequence[Attachment] = ()
) -> SlackMessage:
    """The customer wrote again; `author` is None where a merged mail had no sender."""
    author = author or Address(email="")
    name = text.line(author.name or author.email, limit=100, default="The customer")
    sender = text.line(str(author), limit=200, default="Somebody unknown")
    message = _spoken([text.plain(f"✉️ {sender} wrote")], visible.visible, fallback=f"{name} wrote again")
    below = [*left_out.hint(visible, trace_url=trace_url)]
    if files:
        below.append(ContextBlock(elements=[text.mrkdwn(f"📎 {attachments.summary(files)}")]))
    return SlackMessage(text=message.text, blocks=(*message.blocks, *below))


def undelivered(bounce: Bounce, *, trace_url: str) -> SlackMessage:
    """A mail of ours came back: to whom it did not go, why, and what the server said."""
    listed = text.capped(
        [text.line(str(recipient), limit=300) for recipient in bounce.recipients], limit=_RECIPIENTS
    )
    said = text.quote(
        "\n".join(recipient.diagnostic for recipient in bounce.recipients[:_RECIPIENTS]),
        limit=1_000,
        lines=_RECIPIENTS,
    )
    heading = "⚠️ Not delivered to " + ("\n".join(listed) or "the customer")
    blocks = [SectionBlock(text=text.plain(heading)), *([said] if said else [])]
    link = ContextBlock(elements=[text.mrkdwn(text.link(trace_url, "What the mail server wrote"))])
    return SlackMessage(text="A mail to the customer was not delivered", blocks=(*blocks, link))


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
