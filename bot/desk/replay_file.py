"""The whole report of a replay as a file in the thread of its message.

It is an effect of its own: whatever becomes of the file, the replay is neither run again nor lost. The page is made
anew from the stored report at each attempt, so there is no copy of it to keep.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot import effects
from bot.desk import replay_view
from bot.effects import Kind
from bot.errors import MessageGoneError
from bot.integrations.interfaces import SharedFile
from bot.replaying import html_report

if TYPE_CHECKING:
    from datetime import datetime

    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.replays import StoredReplay
    from storage.unit_of_work import UnitOfWork


async def enqueue(uow: UnitOfWork, replay_id: int, *, channel: str, now: datetime) -> None:
    """Share the report of a finished replay; once a replay."""
    await uow.outbox.enqueue(
        Kind.SHARE_REPLAY,
        lane=effects.posting_lane(channel),
        dedup_key=f"{Kind.SHARE_REPLAY}:{replay_id}",
        payload={"replay_id": replay_id},
        trace_id=effects.RULES_TRACE,
        now=now,
    )


class ShareReplay:
    """`slack.share_replay`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            replay = await uow.replays.get(entry.payload["replay_id"])
        if replay.ts is not None:
            with suppress(MessageGoneError):  # somebody wanted it gone
                await self._share(replay, replay.ts)
        return effects.nothing

    async def _share(self, replay: StoredReplay, ts: str) -> None:
        """Look first, whatever the attempt: an earlier one may have done it, and a person may retry it by hand."""
        name = f"deskbell-replay-{replay.id}.html"
        if await self._services.workspace.has_file(replay.channel, name=name, thread_ts=ts):
            return
        file = SharedFile(
            name=name,
            title=f"Replay {replay.id}",
            comment="The whole report, as a page that opens in a browser.",
            content=await asyncio.to_thread(self._page, replay),
        )
        await self._services.workspace.share(replay.channel, file, thread_ts=ts)

    def _page(self, replay: StoredReplay) -> bytes:
        now = self._services.clock()
        page = html_report.render(
            replay_view.outcome(replay),
            link=lambda trace_id: self._services.trace_links.url(trace_id, now=now),
            now=now,
        )
        return page.encode(errors="replace")
