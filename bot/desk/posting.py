"""Posting once, although Slack knows no idempotency key; and telling of a channel that takes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.integrations.interfaces import Posted, Workspace
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


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


async def tell_of_fallback(
    services: Services, uow: UnitOfWork, *, channel: str, reason: str, trace_id: str
) -> None:
    """Tell the operators that a channel cannot be posted to."""
    now = services.clock()
    await effects.notify_operators(
        uow,
        f"Cards for {channel} go to the fallback channel: {reason}. "
        f"Invite the app to the channel, or change it in support.yaml.",
        channel=services.config.desk.operators_channel,
        trace_id=trace_id,
        now=now,
        # Once an hour and channel: a hundred cards need no hundred notices.
        dedup_key=f"fallback:{channel}:{now:%Y-%m-%dT%H}",
    )
