"""The last good copies of calendars elsewhere, and whom we have told of their shift."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from routing.duties import Duty
from storage.schema import announced_shifts, duty_copies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Table
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyCopy:
    """What a calendar said when it could last be read."""

    schedule: str
    duties: tuple[Duty, ...]
    fetched_at: datetime | None
    """None where it never could be read."""
    failing_since: datetime | None = None
    failure: str | None = None
    """Why it cannot be read now."""


class DutyCopies:
    """The copies as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, schedules: Sequence[str]) -> dict[str, DutyCopy]:
        """By schedule, where there is one."""
        rows = await self._connection.execute(
            select(duty_copies).where(duty_copies.c.schedule.in_(schedules))
        )
        return {row.schedule: _copy(row) for row in rows}

    async def keep(self, schedule: str, duties: Sequence[Duty], *, now: datetime) -> None:
        """It was read."""
        content = json.dumps([[duty.start.isoformat(), duty.end.isoformat(), duty.names] for duty in duties])
        values = {"content": content, "fetched_at": now, "failing_since": None, "failure": None}
        await _upsert(self._connection, duty_copies, schedule, values)

    async def failed(self, schedule: str, failure: str, *, since: datetime) -> None:
        """It could not be read: the last good copy stays."""
        await _upsert(self._connection, duty_copies, schedule, {"failing_since": since, "failure": failure})


class AnnouncedShifts:
    """Who was last told that they are on call, as one transaction sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, schedule: str) -> tuple[str, ...] | None:
        """The people of a schedule; None where nobody was looked for yet. Two who ask at once take turns."""
        people: str | None = await self._connection.scalar(
            select(announced_shifts.c.people).where(announced_shifts.c.schedule == schedule).with_for_update()
        )
        return None if people is None else tuple(json.loads(people))

    async def remember(self, schedule: str, people: Sequence[str], *, now: datetime) -> None:
        """These are on call, and know it."""
        await _upsert(
            self._connection,
            announced_shifts,
            schedule,
            {"people": json.dumps(people), "announced_at": now},
        )


async def _upsert(connection: AsyncConnection, table: Table, schedule: str, values: dict[str, Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    await connection.execute(
        dialect.insert(table)
        .values(schedule=schedule, **values)
        .on_conflict_do_update(index_elements=["schedule"], set_=values)
    )


def _copy(row: Row[Any]) -> DutyCopy:
    return DutyCopy(
        schedule=row.schedule,
        duties=tuple(
            Duty(datetime.fromisoformat(start), datetime.fromisoformat(end), tuple(names))
            for start, end, names in json.loads(row.content or "[]")
        ),
        fetched_at=row.fetched_at,
        failing_since=row.failing_since,
        failure=row.failure,
    )
