"""The audit trail: what was done, by whom and when. Rows are only ever added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from routing.ticket import AuditEntry
from storage.schema import audit, incident_tickets

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


class AuditTrail:
    """The audit trail as one transaction sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, action: str, *, trace_id: str, ticket_id: int | None, actor: str, now: datetime, **detail: str
    ) -> None:
        """Write one entry; `detail` is what a reader of the trace wants to know."""
        await self._connection.execute(
            insert(audit).values(
                trace_id=trace_id,
                ticket_id=ticket_id,
                at=now,
                actor=actor,
                action=action,
                detail=json.dumps(detail),
            )
        )

    async def for_trace(self, trace_id: str, *, limit: int = 500) -> list[AuditEntry]:
        """Every step of one mail's way, oldest first."""
        rows = await self._connection.execute(
            select(audit).where(audit.c.trace_id == trace_id).order_by(audit.c.id).limit(limit)
        )
        return [_entry(row) for row in rows]

    async def of_ticket(self, ticket_id: int, *, actions: Collection[str]) -> list[AuditEntry]:
        """All that was done to a ticket itself, of these kinds, oldest first."""
        rows = await self._connection.execute(
            select(audit)
            .where(audit.c.ticket_id == ticket_id, audit.c.action.in_(actions))
            .order_by(audit.c.id)
        )
        return [_entry(row) for row in rows]

    async def of_incident(
        self, incident_id: int, actions: Collection[str], *, limit: int = 1_000
    ) -> list[AuditEntry]:
        """What was done of this kind with the tickets of an incident, oldest first."""
        rows = await self._connection.execute(
            select(audit)
            .join(incident_tickets, incident_tickets.c.ticket_id == audit.c.ticket_id)
            .where(incident_tickets.c.incident_id == incident_id, audit.c.action.in_(actions))
            .order_by(audit.c.id)
            .limit(limit)
        )
        return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        trace_id=row.trace_id,
        ticket_id=row.ticket_id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        detail=json.loads(row.detail),
    )
