"""Which Slack events were handled: Slack delivers an event again when it did not hear the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import slack_events

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class SlackEvents:
    """The handled events as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_new(self, event_id: str, now: datetime) -> bool:
        """Remember the event; False when it had been remembered before."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        inserted = await self._connection.scalar(
            dialect.insert(slack_events)
            .values(event_id=event_id, received_at=now)
            .on_conflict_do_nothing()
            .returning(slack_events.c.event_id)
        )
        return inserted is not None

    async def forget_before(self, time: datetime) -> None:
        await self._connection.execute(delete(slack_events).where(slack_events.c.received_at < time))
