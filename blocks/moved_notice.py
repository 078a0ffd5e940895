"""What a card becomes in the channel that its ticket has left."""

from __future__ import annotations

from slack_sdk.models.blocks import ContextBlock

from blocks import text
from blocks.message import SlackMessage


def build(*, reference: str, channel_id: str, moved_by: str, permalink: str | None = None) -> SlackMessage:
    """One quiet line; `channel_id` is where the card is now, `permalink` opens it once it is posted there."""
    card = text.link(permalink, reference) if permalink else reference
    return SlackMessage(
        text=f"{reference} moved to another channel",
        blocks=(
            ContextBlock(
                elements=[text.mrkdwn(f"➡️ {card} moved to <#{channel_id}> by {text.user(moved_by)}")]
            ),
        ),
    )
