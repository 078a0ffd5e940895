"""The Slack messages that show an escalation, so that all of them can be changed when something happens to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import pages

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class PageRole(StrEnum):
    """What a message is for; stored strings, stable for ever."""

    MAIN = "main"
    """The one in the incident channel: later calls are told in its thread."""
    COPY = "copy"
    """A page to a person, or to another channel."""
    QUESTION = "question"
    """Asks who has acknowledged whether they are still on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPage:
    """Where a message stands: the channel's id and the message's timestamp."""

    channel: str
    ts: str
    role: PageRole


class Pages:
    """The messages as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, escalation_id: int, page: StoredPage) -> None:
        """Remember a message; the same one twice is one."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        await self._connection.execute(
            dialect.insert(pages)
            .values(escalation_id=escalation_id, channel=page.channel, ts=page.ts, role=page.role)
            .on_conflict_do_nothing(index_elements=["escalation_id", "channel", "ts"])
        )

    async def of(self, escalation_id: int) -> list[StoredPage]:
        """Every message about an escalation, by channel."""
        rows = await self._connection.execute(
            select(pages).where(pages.c.escalation_id == escalation_id).order_by(pages.c.channel, pages.c.ts)
        )
        return [StoredPage(channel=row.channel, ts=row.ts, role=PageRole(row.role)) for row in rows]

    async def main(self, escalation_id: int) -> StoredPage | None:
        """The one in the incident channel, once it is posted."""
        found = [page for page in await self.of(escalation_id) if page.role is PageRole.MAIN]
        return found[0] if found else None
