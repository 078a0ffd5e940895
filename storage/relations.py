"""How tickets are tied to each other.

A merged ticket only points at the one that it has become part of, and keeps its own messages, Message-IDs and
escalations: so nothing has to be sorted out when it is split off again. A pointer is never followed twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, literal, select, union_all, update

from routing.ticket import Relation, Ticket, TicketState
from storage.schema import tickets
from storage.tickets import Tickets, from_row

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, CompoundSelect
    from sqlalchemy.ext.asyncio import AsyncConnection


def ids_of(ticket_id: int) -> CompoundSelect[int]:
    """The ticket and those that were merged into it, for `column.in_(...)`."""
    return union_all(select(literal(ticket_id)), select(tickets.c.id).where(_is_part_of(ticket_id)))


def _is_part_of(ticket_id: int) -> ColumnElement[bool]:
    return and_(tickets.c.related_id == ticket_id, tickets.c.relation == Relation.MERGED)


class Relations:
    """The ties as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._tickets = Tickets(connection)

    async def lock(self, *ticket_ids: int) -> None:
        """Keep other transactions from changing these until this one ends; SQLite has one writer anyway."""
        await self._connection.execute(
            select(tickets.c.id).where(tickets.c.id.in_(ticket_ids)).order_by(tickets.c.id).with_for_update()
        )

    async def whole(self, ticket_id: int) -> Ticket:
        """The ticket, or the one that it has become part of.

        Raises:
            NotFoundError: there is none.
        """
        ticket = await self._tickets.get(ticket_id)
        return ticket if ticket.merged_into is None else await self._tickets.get(ticket.merged_into)

    async def parts(self, ticket_id: int) -> list[Ticket]:
        """What was merged into the ticket."""
        rows = await self._connection.execute(select(tickets).where(_is_part_of(ticket_id)))
        return [from_row(row) for row in rows]

    async def merge(self, ticket_id: int, *, into_id: int, agent_id: str, now: datetime) -> bool:
        """Close a ticket as a part of another one; False when it is part of one already."""
        is_merged = await self._tickets.change(
            ticket_id,
            tickets.c.relation.is_distinct_from(Relation.MERGED),
            state=TicketState.RESOLVED,
            resolved_at=now,
            resolved_by=agent_id,
            related_id=into_id,
            relation=Relation.MERGED,
        )
        if is_merged:
            await self._redirect(ticket_id, to_id=into_id)
        return is_merged

    async def unmerge(self, ticket_id: int, *, from_id: int) -> bool:
        """Open a merged ticket again as one of its own; False when it is no part of `from_id`."""
        return await self._tickets.change(
            ticket_id,
            and_(tickets.c.relation == Relation.MERGED, tickets.c.related_id == from_id),
            state=TicketState.OPEN,
            resolved_at=None,
            resolved_by=None,
            related_id=None,
            relation=None,
        )

    async def drop(self, ticket_id: int, *, related_id: int) -> None:
        """Untie a ticket from another one, if it is tied to that one."""
        await self._tickets.change(
            ticket_id, tickets.c.related_id == related_id, related_id=None, relation=None
        )

    async def _redirect(self, from_id: int, *, to_id: int) -> None:
        """What was merged into the one ticket before belongs to the other now."""
        await self._connection.execute(
            update(tickets)
            .where(tickets.c.related_id == from_id, tickets.c.relation == Relation.MERGED)
            .values(related_id=to_id, revision=tickets.c.revision + 1)
        )
