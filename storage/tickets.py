"""Tickets. Each change says what it expects to find, so that of two at once one wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, insert, select, update

from routing.decision import Priority
from routing.email import Address
from routing.ticket import Relation, Ticket, TicketState
from storage import schema
from storage.errors import NotFoundError
from storage.schema import tickets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_IS_OPEN = schema.is_in_state(tickets.c.state, TicketState.OPEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueHealth:
    """The open tickets of one queue."""

    open: int
    unclaimed: int
    waiting_since: datetime | None
    """When the oldest one came that nobody has claimed."""
    overdue: int
    """How many have had no answer by their deadline."""


class Tickets:
    """The tickets as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self,
        *,
        tenant: str,
        trace_id: str,
        queue: str,
        subject: str,
        requester: Address,
        tier: str,
        priority: Priority,
        now: datetime,
        response_due_at: datetime | None,
        related_id: int | None = None,
        relation: Relation | None = None,
        storm_intent: str | None = None,
    ) -> Ticket:
        """Open a ticket; the database gives the number. `storm_intent` is what it counts as for a storm."""
        row = await self._connection.execute(
            insert(tickets)
            .values(
                tenant=tenant,
                trace_id=trace_id,
                queue=queue,
                subject=subject,
                requester_email=requester.email,
                requester_name=requester.name,
                tier=tier,
                state=TicketState.OPEN,
                priority=priority,
                created_at=now,
                response_due_at=response_due_at,
                related_id=related_id,
                relation=relation,
                storm_intent=storm_intent,
            )
            .returning(tickets)
        )
        return from_row(row.one())

    async def get(self, ticket_id: int) -> Ticket:
        """One ticket.

        Raises:
            NotFoundError: there is none.
        """
        row = (await self._connection.execute(select(tickets).where(tickets.c.id == ticket_id))).first()
        if row is None:
            raise NotFoundError(f"there is no ticket {ticket_id}")
        return from_row(row)

    async def claim(self, ticket_id: int, *, agent_id: str, now: datetime) -> bool:
        """Give an open, unclaimed ticket to an agent; False when it was not to be had."""
        return await self.change(
            ticket_id,
            and_(_IS_OPEN, tickets.c.assignee_id.is_(None)),
            assignee_id=agent_id,
            claimed_at=now,
        )

    async def release(self, ticket_id: int, *, assignee_id: str) -> bool:
        """Put a claimed ticket back; False when `assignee_id` does not hold it any more."""
        return await self.change(
            ticket_id,
            and_(_IS_OPEN, tickets.c.assignee_id == assignee_id),
            assignee_id=None,
            claimed_at=None,
        )

    async def reassign(
        self, ticket_id: int, *, queue: str, assignee_id: str | None, now: datetime, moves_card: bool
    ) -> bool:
        """Move an open ticket to a queue and perhaps to a person; its card is posted anew when it moves."""
        values: dict[str, Any] = {
            "queue": queue,
            "assignee_id": assignee_id,
            "claimed_at": now if assignee_id else None,
        }
        if moves_card:
            values |= {"card_channel": None, "card_ts": None}
        return await self.change(ticket_id, _IS_OPEN, **values)

    async def move_unclaimed(
        self, ticket_id: int, *, from_queue: str, to_queue: str, moves_card: bool
    ) -> bool:
        """Move an open ticket that nobody has claimed; False when it is not that, or not in `from_queue`."""
        values: dict[str, Any] = {"queue": to_queue}
        if moves_card:
            values |= {"card_channel": None, "card_ts": None}
        is_waiting = and_(_IS_OPEN, tickets.c.assignee_id.is_(None), tickets.c.queue == from_queue)
        return await self.change(ticket_id, is_waiting, **values)

    async def resolve(self, ticket_id: int, *, agent_id: str, now: datetime) -> bool:
        """Close an open ticket; False when it was closed already."""
        return await self.change(
            ticket_id,
            _IS_OPEN,
            state=TicketState.RESOLVED,
            resolved_at=now,
            resolved_by=agent_id,
        )

    async def reopen(self, ticket_id: int) -> bool:
        """Open a resolved ticket again; False when it was open, or is part of another ticket."""
        return await self.change(
            ticket_id,
            and_(
                tickets.c.state == TicketState.RESOLVED,
                tickets.c.relation.is_distinct_from(Relation.MERGED),
            ),
            state=TicketState.OPEN,
            resolved_at=None,
            resolved_by=None,
        )

    async def raise_priority(self, ticket_id: int, priority: Priority) -> bool:
        """Make it more urgent; False when it is that urgent already."""
        order = list(Priority)
        lower = order[: order.index(priority)]
        return await self.change(ticket_id, tickets.c.priority.in_(lower), priority=priority)

    async def mark_responded(self, ticket_id: int, now: datetime) -> bool:
        """The first answer of a person has gone out; False for later ones, which change nothing."""
        return await self.change(ticket_id, tickets.c.first_responded_at.is_(None), first_responded_at=now)

    async def set_response_due(self, ticket_id: int, due_at: datetime | None) -> None:
        """When the first answer is due by the promise of now."""
        await self.change(
            ticket_id, tickets.c.response_due_at.is_distinct_from(due_at), response_due_at=due_at
        )

    async def set_requester(self, ticket_id: int, requester: Address) -> bool:
        """Answers to an open ticket go to this person from now on; False when it is closed."""
        return await self.change(
            ticket_id, _IS_OPEN, requester_email=requester.email, requester_name=requester.name
        )

    async def set_undelivered(self, ticket_id: int, undelivered: str | None) -> None:
        """What did not arrive, in words; None when that is past."""
        await self.change(
            ticket_id, tickets.c.undelivered.is_distinct_from(undelivered), undelivered=undelivered
        )

    async def count_of(self, requester_email: str, *, tenant: str, since: datetime) -> int:
        """How many tickets a requester has opened."""
        count = await self._connection.scalar(
            select(func.count()).where(
                tickets.c.tenant == tenant,
                tickets.c.requester_email == requester_email,
                tickets.c.created_at >= since,
            )
        )
        return int(count or 0)

    async def arrived(self, queue: str, *, since: datetime) -> int:
        """How many of the tickets that stand in a queue have come since then."""
        count = await self._connection.scalar(
            select(func.count()).where(tickets.c.queue == queue, tickets.c.created_at >= since)
        )
        return int(count or 0)

    async def recent_of(self, requester_email: str, *, tenant: str, since: datetime) -> list[Ticket]:
        """The newest tickets of a requester, at most twenty, the newest first."""
        rows = await self._connection.execute(
            select(tickets)
            .where(
                tickets.c.tenant == tenant,
                tickets.c.requester_email == requester_email,
                tickets.c.created_at >= since,
            )
            .order_by(tickets.c.id.desc())
            .limit(20)
        )
        return [from_row(row) for row in rows]

    async def place_card(self, ticket_id: int, *, channel: str | None, ts: str | None) -> None:
        """Remember where the card stands; None when it stands nowhere."""
        await self._connection.execute(
            update(tickets).where(tickets.c.id == ticket_id).values(card_channel=channel, card_ts=ts)
        )

    async def touch(self, ticket_id: int) -> None:
        """Something that the card shows has changed elsewhere."""
        await self.change(ticket_id, tickets.c.id == ticket_id)

    async def revision(self, ticket_id: int) -> int:
        """Grows with each change, so that a card knows whether it shows the newest state."""
        revision = await self._connection.scalar(select(tickets.c.revision).where(tickets.c.id == ticket_id))
        return int(revision or 0)

    async def change(self, ticket_id: int, expected: ColumnElement[bool], **values: Any) -> bool:
        """Write values if the ticket is as expected; answers whether it was. The revision grows."""
        result = await self._connection.execute(
            update(tickets)
            .where(tickets.c.id == ticket_id, expected)
            .values(revision=tickets.c.revision + 1, **values)
        )
        return result.rowcount == 1

    async def assigned_to(self, agent_id: str, *, limit: int) -> list[Ticket]:
        """An agent's open tickets, the most urgent deadline first."""
        rows = await self._connection.execute(
            select(tickets)
            .where(_IS_OPEN, tickets.c.assignee_id == agent_id)
            .order_by(tickets.c.response_due_at, tickets.c.id)
            .limit(limit)
        )
        return [from_row(row) for row in rows]

    async def health_by_queue(self, now: datetime) -> dict[str, QueueHealth]:
        """How the queues are that have an open ticket."""
        waits = tickets.c.assignee_id.is_(None)
        is_overdue = and_(tickets.c.first_responded_at.is_(None), tickets.c.response_due_at < now)
        rows = await self._connection.execute(
            select(
                tickets.c.queue,
                func.count().label("open"),
                func.sum(case((waits, 1), else_=0)).label("unclaimed"),
                func.min(case((waits, tickets.c.created_at))).label("waiting_since"),
                func.sum(case((is_overdue, 1), else_=0)).label("overdue"),
            )
            .where(_IS_OPEN)
            .group_by(tickets.c.queue)
        )
        return {
            row.queue: QueueHealth(
                open=row.open,
                unclaimed=row.unclaimed,
                waiting_since=row.waiting_since,
                overdue=row.overdue,
            )
            for row in rows
        }


def from_row(row: Row[Any]) -> Ticket:
    """A row of the table as the value that it is."""
    return Ticket(
        id=row.id,
        tenant=row.tenant,
        trace_id=row.trace_id,
        queue=row.queue,
        subject=row.subject,
        requester=Address(email=row.requester_email, name=row.requester_name),
        tier=row.tier,
        state=TicketState(row.state),
        priority=Priority(row.priority),
        created_at=row.created_at,
        response_due_at=row.response_due_at,
        assignee_id=row.assignee_id,
        claimed_at=row.claimed_at,
        first_responded_at=row.first_responded_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        related_id=row.related_id,
        relation=Relation(row.relation) if row.relation else None,
        undelivered=row.undelivered,
        card_channel=row.card_channel,
        card_ts=row.card_ts,
    )
