"""Posting once, although Slack knows no idempotency key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.integrations.interfaces import Posted, Workspace
    from storage.outbox import OutboxEntry


async def post_once(
    workspace: Workspace,
    entry: OutboxEntry,
    channel: str,
    message: SlackMessage,
    *,
    thread_ts: str | None = None,
) -> Posted:
    """Post a message, but look first whether an earlier attempt of unknown outcome has posted it.

    The entry's id travels in the message's metadata, so that it can be found again.
    """
    if entry.attempts > 1:
        posted = await workspace.find(channel, entry_id=entry.id, since=entry.created_at, thread_ts=thread_ts)
        if posted:
            return posted
    return await workspace.post(channel, message, entry_id=entry.id, thread_ts=thread_ts)
