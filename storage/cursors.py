"""How far each polled mailbox was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import cursors

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position up to which everything is stored; what it looks like is up to the kind of mailbox."""

    position: str
    began_at: datetime
    """When the mailbox was looked into for the first time."""


class Cursors:
    """The cursors as one transaction sees them. A source that is pointed at another place begins anew there."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, source: str, place: str) -> Cursor | None:
        """None before the first `move`."""
        row = (
            await self._connection.execute(
                select(cursors.c.position, cursors.c.began_at).where(
                    cursors.c.source == source, cursors.c.place == place
                )
            )
        ).first()
        return None if row is None else Cursor(row.position, row.began_at)

    async def move(self, source: str, place: str, position: str, now: datetime) -> None:
        """Everything up to here is stored."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        moved = {"position": position, "moved_at": now}
        await self._connection.execute(
            dialect.insert(cursors)
            .values(source=source, place=place, began_at=now, **moved)
            .on_conflict_do_update(index_elements=["source", "place"], set_=moved)
        )
