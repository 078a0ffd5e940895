"""Swaps: one person asks another to take a shift. Each request is settled once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from storage import schema
from storage.errors import NotFoundError
from storage.schema import on_call_swaps

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


class SwapState(StrEnum):
    """What became of a request; stored strings, stable for ever."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    """The shift had begun before there was an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """One person asks another to take a shift."""

    id: int
    schedule: str
    requester: str
    person: str
    """Who is asked."""
    start: datetime
    end: datetime
    state: SwapState
    created_at: datetime
    channel: str | None
    """Where the question stands; None until it is posted."""
    ts: str | None


class Swaps:
    """The requests as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(
        self, schedule: str, *, requester: str, person: str, start: datetime, end: datetime, now: datetime
    ) -> Swap:
        """Write a request down."""
        statement = (
            insert(on_call_swaps)
            .values(
                schedule=schedule,
                requester=requester,
                person=person,
                start_at=start,
                end_at=end,
                state=SwapState.OPEN,
                created_at=now,
            )
            .returning(on_call_swaps)
        )
        return _swap((await self._connection.execute(statement)).one())

    async def get(self, swap_id: int) -> Swap:
        """One request.

        Raises:
            NotFoundError: there is none.
        """
        row = (
            await self._connection.execute(select(on_call_swaps).where(on_call_swaps.c.id == swap_id))
        ).first()
        if row is None:
            raise NotFoundError(f"there is no swap {swap_id}")
        return _swap(row)

    async def place(self, swap_id: int, *, channel: str, ts: str) -> None:
        """Remember where its question stands."""
        await self._connection.execute(
            update(on_call_swaps).where(on_call_swaps.c.id == swap_id).values(channel=channel, ts=ts)
        )

    async def settle(self, swap_id: int, state: SwapState, *, now: datetime) -> bool:
        """Answer an open request; False when it was answered already."""
        result = await self._connection.execute(
            update(on_call_swaps)
            .where(on_call_swaps.c.id == swap_id, schema.is_in_state(on_call_swaps.c.state, SwapState.OPEN))
            .values(state=state, settled_at=now)
        )
        return result.rowcount == 1

    async def is_asked(self, schedule: str, *, requester: str, start: datetime) -> bool:
        """Whether somebody is being asked for this shift already."""
        found = await self._connection.scalar(
            select(on_call_swaps.c.id)
            .where(
                schema.is_in_state(on_call_swaps.c.state, SwapState.OPEN),
                on_call_swaps.c.requester == requester,
                on_call_swaps.c.schedule == schedule,
                on_call_swaps.c.start_at == start,
            )
            .limit(1)
        )
        return found is not None


def _swap(row: Row[Any]) -> Swap:
    return Swap(
        id=row.id,
        schedule=row.schedule,
        requester=row.requester,
        person=row.person,
        start=row.start_at,
        end=row.end_at,
        state=SwapState(row.state),
        created_at=row.created_at,
        channel=row.channel,
        ts=row.ts,
    )
