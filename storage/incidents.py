"""Incidents. Each change says what it expects, so that of two at once one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.incidents import Gathers, Incident, IncidentState, Opening
from storage import schema
from storage.errors import NotFoundError
from storage.schema import incident_tickets, incidents

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection


_IS_OPEN = schema.is_in_state(incidents.c.state, IncidentState.OPEN)
_GATHERS = incidents.c.gathers.is_not(None)


class Incidents:
    """The incidents as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self,
        *,
        tenant: str,
        intent: str,
        title: str,
        opening: Opening,
        gathers: Gathers | None,
        first_ticket_id: int,
        opened_by: str,
        now: datetime,
    ) -> Incident | None:
        """Open an incident; None when one gathers the tickets of this intent already."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        row = await self._connection.execute(
            dialect.insert(incidents)
            .values(
                tenant=tenant,
                intent=intent,
                title=title,
                opening=opening,
                state=IncidentState.OPEN,
                gathers=gathers,
                first_ticket_id=first_ticket_id,
                opened_by=opened_by,
                opened_at=now,
                last_joined_at=now,
                digested_at=now,
            )
            .on_conflict_do_nothing()
            .returning(incidents)
        )
        found = row.first()
        return _incident(found) if found else None

    async def get(self, incident_id: int) -> Incident:
        """One incident.

        Raises:
            NotFoundError: there is none.
        """
        found = await self._one(incidents.c.id == incident_id)
        if found is None:
            raise NotFoundError(f"there is no incident {incident_id}")
        return found

    async def gathering(self, *, tenant: str, intent: str, locks: bool = False) -> Incident | None:
        """The incident that takes in tickets of this intent.

        `locks` keeps it so until the transaction ends: who resolves it meanwhile must not miss a ticket.
        """
        condition = and_(incidents.c.tenant == tenant, incidents.c.intent == intent, _GATHERS)
        return await self._one(condition, locks=locks)

    async def of_ticket(self, ticket_id: int) -> Incident | None:
        """The incident that a ticket belongs to."""
        of_ticket = select(incident_tickets.c.incident_id).where(incident_tickets.c.ticket_id == ticket_id)
        return await self._one(incidents.c.id == of_ticket.scalar_subquery())

    async def newest_open(self, *, limit: int) -> list[Incident]:
        """The open ones, newest first."""
        rows = await self._connection.execute(
            select(incidents).where(_IS_OPEN).order_by(incidents.c.id.desc()).limit(limit)
        )
        return [_incident(row) for row in rows]

    async def number_of_day(self, incident: Incident) -> int:
        """Which incident of its day (UTC) it is, counted from one."""
        day = incident.opened_at.replace(hour=0, minute=0, second=0, microsecond=0)
        count = await self._connection.scalar(
            select(func.count()).where(incidents.c.opened_at >= day, incidents.c.id <= incident.id)
        )
        return int(count or 0)

    async def widen(self, incident_id: int) -> bool:
        """Take in every ticket of the intent from now on; False when it did, or takes in no more."""
        return await self._change(incident_id, incidents.c.gathers == Gathers.FLAGGED, gathers=Gathers.ALL)

    async def stop_gathering(self, incident_id: int) -> None:
        """Take in no more."""
        await self._change(incident_id, _GATHERS, gathers=None)

    async def take(self, incident_id: int, *, agent_id: str, now: datetime) -> bool:
        """Make a person its commander; False when it is resolved or this person is that already."""
        is_other = incidents.c.commander_id.is_distinct_from(agent_id)
        return await self._change(incident_id, and_(_IS_OPEN, is_other), commander_id=agent_id, taken_at=now)

    async def resolve(self, incident_id: int, *, agent_id: str, now: datetime) -> bool:
        """Close it: it takes in no more; False when it was closed already."""
        return await self._change(
            incident_id,
            _IS_OPEN,
            state=IncidentState.RESOLVED,
            gathers=None,
            resolved_by=agent_id,
            resolved_at=now,
        )

    async def note_joined(self, incident_id: int, now: datetime) -> None:
        """A ticket has joined it."""
        await self._change(incident_id, incidents.c.last_joined_at < now, last_joined_at=now)

    async def note_digested(self, incident_id: int, now: datetime) -> None:
        """Its news were put together."""
        await self._change(incident_id, true(), digested_at=now)

    async def place_card(self, incident_id: int, *, channel: str | None, ts: str | None) -> None:
        """Remember where its card stands; None when it stands nowhere."""
        await self._change(incident_id, true(), channel=channel, ts=ts)

    async def set_room(self, incident_id: int, room: str) -> bool:
        """Remember the channel that was made for it; False when it has one."""
        return await self._change(incident_id, incidents.c.room.is_(None), room=room)

    async def _one(self, condition: ColumnElement[bool], *, locks: bool = False) -> Incident | None:
        statement = select(incidents).where(condition)
        row = (await self._connection.execute(statement.with_for_update() if locks else statement)).first()
        return _incident(row) if row else None

    async def _change(self, incident_id: int, expected: ColumnElement[bool], **values: Any) -> bool:
        result = await self._connection.execute(
            update(incidents).where(incidents.c.id == incident_id, expected).values(**values)
        )
        return result.rowcount == 1


def _incident(row: Row[Any]) -> Incident:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping
    values["opening"] = Opening(row.opening)
    values["state"] = IncidentState(row.state)
    values["gathers"] = Gathers(row.gathers) if row.gathers else None
    return Incident(**values)
