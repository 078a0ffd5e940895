"""Escalations and the Slack messages that page people about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.decision import Priority
from routing.ticket import Escalation
from storage import relations
from storage.errors import NotFoundError
from storage.schema import escalations, pages

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


class Escalations:
    """The escalations as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def start(
        self, *, ticket_id: int, reason: str, urgency: Priority, target: str, started_by: str, now: datetime
    ) -> Escalation:
        row = await self._connection.execute(
            insert(escalations)
            .values(
                ticket_id=ticket_id,
                reason=reason,
                urgency=urgency,
                target=target,
                started_by=started_by,
                started_at=now,
            )
            .returning(escalations)
        )
        return _escalation(row.one())

    async def get(self, escalation_id: int) -> Escalation:
        row = (
            await self._connection.execute(select(escalations).where(escalations.c.id == escalation_id))
        ).first()
        if row is None:
            raise NotFoundError(f"there is no escalation {escalation_id}")
        return _escalation(row)

    async def latest(self, ticket_id: int) -> Escalation | None:
        """The newest escalation of a ticket and of those merged into it."""
        row = (
            await self._connection.execute(
                select(escalations)
                .where(escalations.c.ticket_id.in_(relations.ids_of(ticket_id)))
                .order_by(escalations.c.id.desc())
                .limit(1)
            )
        ).first()
        return _escalation(row) if row else None

    async def acknowledge(self, escalation_id: int, *, agent_id: str, now: datetime) -> bool:
        """Take the page; False when somebody had it already."""
        result = await self._connection.execute(
            update(escalations)
            .where(escalations.c.id == escalation_id, escalations.c.acknowledged_at.is_(None))
            .values(acknowledged_by=agent_id, acknowledged_at=now)
        )
        return result.rowcount == 1

    async def add_page(self, escalation_id: int, *, channel: str, ts: str) -> None:
        """Remember a message that pages somebody, so that it can be changed later."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(pages).values(escalation_id=escalation_id, channel=channel, ts=ts)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["escalation_id", "channel"], set_={"ts": ts})
        )

    async def pages_of(self, escalation_id: int) -> list[tuple[str, str]]:
        """Channel and timestamp of every message that pages somebody about it."""
        rows = await self._connection.execute(
            select(pages.c.channel, pages.c.ts).where(pages.c.escalation_id == escalation_id)
        )
        return [(channel, ts) for channel, ts in rows]


def _escalation(row: Row[Any]) -> Escalation:
    return Escalation(
        id=row.id,
        ticket_id=row.ticket_id,
        reason=row.reason,
        urgency=Priority(row.urgency),
        target=row.target,
        started_by=row.started_by,
        started_at=row.started_at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
    )
