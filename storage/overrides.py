"""What people have changed in on-call schedules by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from routing.schedule import Override
from storage.errors import NotFoundError
from storage.schema import on_call_overrides

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_COUNTS = on_call_overrides.c.cancelled_at.is_(None)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredOverride:
    """An override of one schedule."""

    id: int
    schedule: str
    override: Override
    created_by: str
    created_at: datetime


class Overrides:
    """The overrides as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, schedule: str, override: Override, *, created_by: str, now: datetime) -> int:
        """Write one down; gives its number."""
        statement = (
            insert(on_call_overrides)
            .values(
                schedule=schedule,
                person=override.person,
                replaces=override.replaces,
                start_at=override.start,
                end_at=override.end,
                created_by=created_by,
                created_at=now,
            )
            .returning(on_call_overrides.c.id)
        )
        return int((await self._connection.execute(statement)).scalar_one())

    async def get(self, override_id: int) -> StoredOverride:
        """One override, cancelled or not.

        Raises:
            NotFoundError: there is none.
        """
        query = select(on_call_overrides).where(on_call_overrides.c.id == override_id)
        row = (await self._connection.execute(query)).first()
        if row is None:
            raise NotFoundError(f"there is no override {override_id}")
        return _override(row)

    async def cancel(self, override_id: int, *, agent_id: str, now: datetime) -> bool:
        """Take one back; False when it is over, or was taken back already."""
        result = await self._connection.execute(
            update(on_call_overrides)
            .where(on_call_overrides.c.id == override_id, _COUNTS, on_call_overrides.c.end_at > now)
            .values(cancelled_at=now, cancelled_by=agent_id)
        )
        return result.rowcount == 1

    async def within(
        self, schedules: Sequence[str], *, start: datetime, end: datetime
    ) -> list[StoredOverride]:
        """Those that count between two moments, in the order in which they were made."""
        rows = await self._connection.execute(
            select(on_call_overrides)
            .where(
                _COUNTS,
                on_call_overrides.c.schedule.in_(schedules),
                on_call_overrides.c.end_at > start,
                on_call_overrides.c.start_at < end,
            )
            .order_by(on_call_overrides.c.id)
        )
        return [_override(row) for row in rows]


def _override(row: Row[Any]) -> StoredOverride:
    return StoredOverride(
        id=row.id,
        schedule=row.schedule,
        override=Override(start=row.start_at, end=row.end_at, person=row.person, replaces=row.replaces),
        created_by=row.created_by,
        created_at=row.created_at,
    )
