"""Replays that people asked for in Slack, and the tickets that they moved. Each step is taken by one of two at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.errors import NotFoundError
from storage.schema import replay_moves, replays, tickets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class ReplayState(StrEnum):
    """How far it is; stored strings, stable for ever."""

    RUNNING = "running"
    DONE = "done"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReplay:
    """One replay."""

    id: int
    requested_by: str
    requested_at: datetime
    channel: str
    """Where it was asked for, then where its message stands."""
    ts: str | None
    """Of its message; None until it is posted."""
    options: Mapping[str, Any]
    candidate: str
    """The rule set as JSON."""
    state: ReplayState
    report: str | None
    """JSON; None until it is done."""
    applied_at: datetime | None
    applied_by: str | None
    undone_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayMove:
    """A ticket that a replay moved."""

    ticket_id: int
    from_queue: str
    to_queue: str


class Replays:
    """The replays as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        *,
        requested_by: str,
        channel: str,
        options: Mapping[str, Any],
        candidate: str,
        now: datetime,
    ) -> int:
        """Write down a wish; gives its number."""
        statement = (
            insert(replays)
            .values(
                requested_by=requested_by,
                requested_at=now,
                channel=channel,
                options=json.dumps(options),
                candidate=candidate,
                state=ReplayState.RUNNING,
            )
            .returning(replays.c.id)
        )
        return int((await self._connection.execute(statement)).scalar_one())

    async def get(self, replay_id: int) -> StoredReplay:
        """One replay.

        Raises:
            NotFoundError: there is none.
        """
        row = (await self._connection.execute(select(replays).where(replays.c.id == replay_id))).first()
        if row is None:
            raise NotFoundError(f"there is no replay {replay_id}")
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping
        values["options"] = json.loads(row.options)
        values["state"] = ReplayState(row.state)
        return StoredReplay(**values)

    async def place(self, replay_id: int, *, channel: str, ts: str) -> None:
        """Remember where its message stands."""
        await self._connection.execute(
            update(replays).where(replays.c.id == replay_id).values(channel=channel, ts=ts)
        )

    async def step(self, replay_id: int, *, expected: ReplayState, to: ReplayState, **values: Any) -> bool:
        """Go from one state to the next; False when it is in another one."""
        result = await self._connection.execute(
            update(replays)
            .where(replays.c.id == replay_id, replays.c.state == expected)
            .values(state=to, **values)
        )
        return result.rowcount == 1

    async def add_move(self, replay_id: int, move: ReplayMove) -> None:
        """Write down that a ticket was moved; once a ticket."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        await self._connection.execute(
            dialect.insert(replay_moves)
            .values(
                replay_id=replay_id,
                ticket_id=move.ticket_id,
                from_queue=move.from_queue,
                to_queue=move.to_queue,
            )
            .on_conflict_do_nothing()
        )

    async def moves(self, replay_id: int) -> list[ReplayMove]:
        """The tickets that it moved, by number."""
        rows = await self._connection.execute(
            select(replay_moves)
            .where(replay_moves.c.replay_id == replay_id)
            .order_by(replay_moves.c.ticket_id)
        )
        return [
            ReplayMove(ticket_id=row.ticket_id, from_queue=row.from_queue, to_queue=row.to_queue)
            for row in rows
        ]

    async def restored(self, replay_id: int) -> int:
        """How many of the tickets that it moved are in their queue of before."""
        is_back = replay_moves.c.from_queue == tickets.c.queue
        count = await self._connection.scalar(
            select(func.count())
            .select_from(replay_moves.join(tickets, tickets.c.id == replay_moves.c.ticket_id))
            .where(replay_moves.c.replay_id == replay_id, is_back)
        )
        return int(count or 0)
