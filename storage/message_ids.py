"""Every Message-ID that was ever seen and the ticket that it belongs to.

Also those that only stood in a References header: the mail of a colleague that the desk never got may be what the
next answer refers to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.threading import Known
from storage.schema import message_ids

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncConnection


class MessageIds:
    """The known Message-IDs as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, ids: Collection[str], *, tenant: str, ticket_id: int, is_own: bool = False) -> None:
        """Remember ids as those of a ticket; one that belongs to a ticket already stays there.

        But one of our own goes to its ticket in any case: a stranger may have guessed it and named it first.
        """
        if not ids:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        rows = [
            {"tenant": tenant, "message_id": message_id, "ticket_id": ticket_id, "is_own": is_own}
            for message_id in dict.fromkeys(ids)
        ]
        statement = dialect.insert(message_ids)
        if is_own:
            statement = statement.on_conflict_do_update(
                index_elements=["tenant", "message_id"], set_={"ticket_id": ticket_id, "is_own": True}
            )
        else:
            statement = statement.on_conflict_do_nothing()
        await self._connection.execute(statement, rows)

    async def claim(self, message_id: str, *, tenant: str, ticket_id: int) -> None:
        """Give a known id to another ticket."""
        await self._connection.execute(
            update(message_ids)
            .where(message_ids.c.tenant == tenant, message_ids.c.message_id == message_id)
            .values(ticket_id=ticket_id)
        )

    async def known(self, ids: Collection[str], *, tenant: str) -> dict[str, Known]:
        """Which of these ids are known, and where they belong."""
        if not ids:
            return {}
        rows = await self._connection.execute(
            select(message_ids.c.message_id, message_ids.c.ticket_id, message_ids.c.is_own).where(
                message_ids.c.tenant == tenant, message_ids.c.message_id.in_(ids)
            )
        )
        return {row.message_id: Known(row.ticket_id, is_own=row.is_own) for row in rows}
