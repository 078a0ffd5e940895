"""What was mailed to whom and when, so that no loop can run away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from storage.schema import outbound_mails

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_MOST = 200
"""More than any cap lets through."""


class OutboundMails:
    """The mails that went out, as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, recipient: str, *, ticket_id: int, now: datetime) -> None:
        await self._connection.execute(
            insert(outbound_mails).values(recipient=recipient, ticket_id=ticket_id, sent_at=now)
        )

    async def since(self, recipient: str, time: datetime) -> list[tuple[int, datetime]]:
        """Ticket and time of each mail to an address, the newest first."""
        rows = await self._connection.execute(
            select(outbound_mails.c.ticket_id, outbound_mails.c.sent_at)
            .where(outbound_mails.c.recipient == recipient, outbound_mails.c.sent_at > time)
            .order_by(outbound_mails.c.sent_at.desc())
            .limit(_MOST)
        )
        return [(row.ticket_id, row.sent_at) for row in rows]
