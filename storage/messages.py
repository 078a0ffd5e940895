"""The mails inside tickets, in and out, and the drafts that agents have not sent yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.ticket import Message, MessageKind
from storage import relations
from storage.errors import NotFoundError
from storage.schema import drafts, messages

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


class Messages:
    """The messages as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        *,
        ticket_id: int,
        kind: MessageKind,
        message_id: str | None,
        author: str,
        body: str,
        now: datetime,
        trace_id: str | None = None,
    ) -> int:
        """Write a message; answers its id."""
        result = await self._connection.execute(
            insert(messages)
            .values(
                ticket_id=ticket_id,
                kind=kind,
                message_id=message_id,
                author=author,
                body=body,
                created_at=now,
                trace_id=trace_id,
            )
            .returning(messages.c.id)
        )
        return int(result.scalar_one())

    async def get(self, message_row_id: int) -> Message:
        row = (
            await self._connection.execute(select(messages).where(messages.c.id == message_row_id))
        ).first()
        if row is None:
            raise NotFoundError(f"there is no message {message_row_id}")
        return _message(row)

    async def set_message_id(self, message_row_id: int, message_id: str) -> None:
        """The Message-ID that a reply has gone out under; answers to it find the ticket by it."""
        await self._connection.execute(
            update(messages).where(messages.c.id == message_row_id).values(message_id=message_id)
        )

    async def of_ticket(self, ticket_id: int, *, limit: int = 200) -> list[Message]:
        """The newest messages of a ticket and of those merged into it, oldest first."""
        rows = await self._connection.execute(
            select(messages)
            .where(messages.c.ticket_id.in_(relations.ids_of(ticket_id)))
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        return [_message(row) for row in rows][::-1]

    async def newest_inbound(self, ticket_id: int) -> Message | None:
        """What the customer wrote last, here or in a ticket that was merged into this one."""
        row = (
            await self._connection.execute(
                select(messages)
                .where(
                    messages.c.ticket_id.in_(relations.ids_of(ticket_id)),
                    messages.c.kind == MessageKind.INBOUND,
                )
                .order_by(messages.c.id.desc())
                .limit(1)
            )
        ).first()
        return _message(row) if row else None

    async def remove(self, message_row_id: int) -> bool:
        """Take a message out, its mail stays; False when it was taken out already."""
        result = await self._connection.execute(delete(messages).where(messages.c.id == message_row_id))
        return result.rowcount == 1

    async def save_draft(self, *, ticket_id: int, agent_id: str, body: str, now: datetime) -> None:
        """Keep what an agent has written so far, in place of what was kept before."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(drafts).values(
            ticket_id=ticket_id, agent_id=agent_id, body=body, updated_at=now
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["ticket_id", "agent_id"], set_={"body": body, "updated_at": now}
            )
        )

    async def draft(self, *, ticket_id: int, agent_id: str) -> str:
        """What the agent has written and not sent; empty when nothing."""
        body = await self._connection.scalar(
            select(drafts.c.body).where(drafts.c.ticket_id == ticket_id, drafts.c.agent_id == agent_id)
        )
        return body or ""

    async def move_drafts(self, *, from_ticket_id: int, to_ticket_id: int) -> None:
        """What agents were writing, they go on writing there; a draft that would replace another one stays."""
        there = drafts.alias("there")
        is_taken = (
            select(literal(1))
            .where(there.c.ticket_id == to_ticket_id, there.c.agent_id == drafts.c.agent_id)
            .exists()
        )
        await self._connection.execute(
            update(drafts)
            .where(drafts.c.ticket_id == from_ticket_id, ~is_taken)
            .values(ticket_id=to_ticket_id)
        )

    async def take_draft(self, *, ticket_id: int, agent_id: str) -> str | None:
        """Remove and give the draft; None when it was taken already, as when Send is pressed twice."""
        result = await self._connection.execute(
            delete(drafts)
            .where(drafts.c.ticket_id == ticket_id, drafts.c.agent_id == agent_id)
            .returning(drafts.c.body)
        )
        body: str | None = result.scalar()
        return body


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        ticket_id=row.ticket_id,
        kind=MessageKind(row.kind),
        message_id=row.message_id,
        author=row.author,
        body=row.body,
        created_at=row.created_at,
        trace_id=row.trace_id,
    )
