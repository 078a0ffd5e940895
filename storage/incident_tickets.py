"""The tickets that incidents gather, and what their threads have been told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.incidents import RATE_OVER, Counts
from routing.ticket import TicketState
from storage.schema import incident_tickets, tickets
from storage.tickets import from_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from routing.ticket import Ticket

_TOLD_BY_ITS_CARD = 0


class IncidentTickets:
    """The tickets of incidents as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def storm(self, *, tenant: str, intent: str, since: datetime, limit: int) -> list[int]:
        """The oldest tickets of an intent that came after `since` and belong to no incident."""
        rows = await self._connection.scalars(
            select(tickets.c.id)
            .where(
                tickets.c.tenant == tenant,
                tickets.c.storm_intent == intent,
                tickets.c.created_at > since,
            )
            .order_by(tickets.c.created_at)
            .limit(limit)
        )
        return sorted(rows)

    async def join(self, incident_id: int, ticket_id: int, *, has_card: bool, now: datetime) -> bool:
        """Put a ticket into an incident; False when it is in one. It counts for no storm any more."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        joined = await self._connection.execute(
            dialect.insert(incident_tickets)
            .values(
                ticket_id=ticket_id,
                incident_id=incident_id,
                joined_at=now,
                has_card=has_card,
                digest=_TOLD_BY_ITS_CARD if has_card else None,
            )
            .on_conflict_do_nothing()
            .returning(incident_tickets.c.ticket_id)
        )
        if joined.first() is None:
            return False
        await self._connection.execute(
            update(tickets).where(tickets.c.id == ticket_id).values(storm_intent=None)
        )
        return True

    async def leave(self, ticket_id: int) -> bool:
        """Take a ticket out of its incident; False when it is in none."""
        result = await self._connection.execute(
            delete(incident_tickets).where(incident_tickets.c.ticket_id == ticket_id)
        )
        return result.rowcount == 1

    async def has_no_card(self, ticket_id: int) -> bool:
        """Whether the incident of a ticket stands for it, so that no card is on its way."""
        return bool(
            await self._connection.scalar(
                select(literal(1)).where(
                    incident_tickets.c.ticket_id == ticket_id, incident_tickets.c.has_card.is_(False)
                )
            )
        )

    async def give_card(self, ticket_id: int) -> bool:
        """A card is to be posted for a ticket of an incident; False when it has one."""
        result = await self._connection.execute(
            update(incident_tickets)
            .where(incident_tickets.c.ticket_id == ticket_id, incident_tickets.c.has_card.is_(False))
            .values(has_card=True)
        )
        return result.rowcount == 1

    async def add_follow_up(self, ticket_id: int) -> None:
        """The requester of a ticket without a card wrote again."""
        await self._connection.execute(
            update(incident_tickets)
            .where(incident_tickets.c.ticket_id == ticket_id)
            .values(follow_ups=incident_tickets.c.follow_ups + 1)
        )

    async def untold(self, incident_id: int, *, limit: int) -> list[int]:
        """The tickets that its thread has not been told of, oldest first."""
        rows = await self._connection.scalars(
            select(incident_tickets.c.ticket_id)
            .where(incident_tickets.c.incident_id == incident_id, incident_tickets.c.digest.is_(None))
            .order_by(incident_tickets.c.ticket_id)
            .limit(limit)
        )
        return list(rows)

    async def digest(self, ticket_ids: Sequence[int], *, digest: int) -> None:
        """Put news together: these tickets are told of by this digest, whenever it is posted."""
        await self._connection.execute(
            update(incident_tickets).where(incident_tickets.c.ticket_id.in_(ticket_ids)).values(digest=digest)
        )

    async def of_digest(self, incident_id: int, digest: int, *, limit: int) -> tuple[list[Ticket], int]:
        """The first tickets of a digest, and how many it has."""
        is_told = and_(incident_tickets.c.incident_id == incident_id, incident_tickets.c.digest == digest)
        count = await self._connection.scalar(
            select(func.count()).select_from(incident_tickets).where(is_told)
        )
        rows = await self._connection.execute(
            select(tickets)
            .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
            .where(is_told)
            .order_by(tickets.c.id)
            .limit(limit)
        )
        return [from_row(row) for row in rows], int(count or 0)

    async def open_tickets(self, incident_id: int, *, after: int, limit: int) -> list[Ticket]:
        """Its open tickets by number, in pages."""
        rows = await self._connection.execute(
            select(tickets)
            .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
            .where(
                incident_tickets.c.incident_id == incident_id,
                incident_tickets.c.ticket_id > after,
                tickets.c.state == TicketState.OPEN,
            )
            .order_by(incident_tickets.c.ticket_id)
            .limit(limit)
        )
        return [from_row(row) for row in rows]

    async def of_incident(self, incident_id: int, *, limit: int) -> list[Ticket]:
        """Its tickets by number."""
        rows = await self._connection.execute(
            select(tickets)
            .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
            .where(incident_tickets.c.incident_id == incident_id)
            .order_by(incident_tickets.c.ticket_id)
            .limit(limit)
        )
        return [from_row(row) for row in rows]

    async def counts(self, incident_id: int, *, now: datetime) -> Counts:
        """Its tickets in numbers; as much work as it has tickets."""
        joined = incident_tickets.join(tickets, tickets.c.id == incident_tickets.c.ticket_id)
        is_of_it = incident_tickets.c.incident_id == incident_id
        is_open = func.sum(case((tickets.c.state == TicketState.OPEN, 1), else_=0))
        is_recent = func.sum(case((incident_tickets.c.joined_at > now - RATE_OVER, 1), else_=0))
        row = (
            await self._connection.execute(
                select(
                    func.count(),
                    is_open,
                    is_recent,
                    func.sum(incident_tickets.c.follow_ups),
                    func.min(incident_tickets.c.joined_at),
                    func.max(incident_tickets.c.ticket_id),
                )
                .select_from(joined)
                .where(is_of_it)
            )
        ).one()
        return Counts(
            tickets=row[0],
            open=int(row[1] or 0),
            recent=int(row[2] or 0),
            follow_ups=int(row[3] or 0),
            first_at=row[4] or now,
            newest_ticket_id=row[5] or 0,
            tiers=await self._tally(tickets.c.tier, incident_id),
            queues=await self._tally(tickets.c.queue, incident_id),
        )

    async def _tally(self, column: ColumnElement[str], incident_id: int) -> dict[str, int]:
        rows = await self._connection.execute(
            select(column, func.count())
            .select_from(incident_tickets.join(tickets, tickets.c.id == incident_tickets.c.ticket_id))
            .where(incident_tickets.c.incident_id == incident_id)
            .group_by(column)
            .order_by(func.count().desc(), column)
        )
        return dict(rows.all())
