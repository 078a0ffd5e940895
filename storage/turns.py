"""Whose turn it is in a queue that calls one person after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Turns:
    """The turns as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self, queue: str, people: Sequence[str], *, now: datetime) -> str | None:
        """Who was not called for the longest time, whatever it was about; None where there is nobody.

        Whoever was never called is before the others, in the order of `people`.
        """
        rows = await self._connection.execute(
            select(turns.c.person, turns.c.called_at).where(turns.c.queue == queue)
        )
        called_at = {row.person: row.called_at for row in rows}
        fresh = [person for person in people if person not in called_at]
        waiting = fresh or sorted(people, key=lambda person: called_at[person])
        if not waiting:
            return None
        await self._note(queue, waiting[0], now)
        return waiting[0]

    async def _note(self, queue: str, person: str, now: datetime) -> None:
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        await self._connection.execute(
            dialect.insert(turns)
            .values(queue=queue, person=person, called_at=now)
            .on_conflict_do_update(index_elements=["queue", "person"], set_={"called_at": now})
        )
