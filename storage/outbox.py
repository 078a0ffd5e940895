"""The outbox: every effect is a row, written with the change that caused it.

A row is `ready`, then `leased` by one worker for a while, then `done`, or `dead` when it was given up, until a
person drives it again or has it `discarded`. The attempt is counted at the claim, so that a crash counts. Whoever
finishes must still hold the lease.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, literal, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import outbox_statements as statements
from storage.errors import LeaseLostError
from storage.hints import Hint
from storage.outbox_statements import DEAD, DISCARDED, DONE, LEASED, READY
from storage.schema import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxEntry:
    """One effect that is to happen, or has happened."""

    id: int
    kind: str
    lane: str
    ordering_key: str | None
    payload: Mapping[str, Any]
    trace_id: str
    state: str
    attempts: int
    due_at: datetime
    leased_by: str | None
    last_error: str | None
    created_at: datetime
    done_at: datetime | None


class Outbox:
    """The outbox rows as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.was_extended = False
        """Whether this transaction left work, so that the worker is to be woken after the commit."""
        self.due_hints: list[Hint] = []
        """The entries among it that are due at once, so that workers of other processes hear of them."""

    async def enqueue(
        self,
        kind: str,
        *,
        lane: str,
        payload: Mapping[str, Any],
        trace_id: str,
        now: datetime,
        due_at: datetime | None = None,
        ordering_key: str | None = None,
        dedup_key: str | None = None,
    ) -> int | None:
        """Write an effect; answers its id, or None when an entry with this `dedup_key` exists already."""
        values = {
            "kind": kind,
            "lane": lane,
            "ordering_key": ordering_key,
            "dedup_key": dedup_key,
            "payload": json.dumps(payload),
            "trace_id": trace_id,
            "state": READY,
            "due_at": due_at or now,
            "created_at": now,
        }
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = (
            dialect.insert(outbox)
            .values(values)
            .on_conflict_do_nothing(index_elements=["dedup_key"])
            .returning(outbox.c.id)
        )
        entry_id: int | None = await self._connection.scalar(statement)
        self.was_extended = True
        if entry_id is not None and (due_at or now) <= now:
            self.due_hints.append(Hint(entry_id, lane, ordering_key))
        return entry_id

    async def enqueue_once_ready(self, kind: str, *, ordering_key: str, lane: str, **rest: Any) -> None:
        """Write an effect unless the same one still waits: an edit shows the state of its own time anyway.

        The waiting row is locked, so that no worker can take it before this transaction has committed what
        the edit is to show. A worker that came meanwhile has passed it over and is woken for it.
        """
        waiting = await self._connection.scalar(
            select(outbox.c.id)
            .where(
                outbox.c.lane == lane,
                outbox.c.ordering_key == ordering_key,
                outbox.c.kind == kind,
                statements.IS_UNFINISHED,  # says nothing more, but names the index by the ordering key
                statements.IS_READY,
            )
            .limit(1)
            .with_for_update()
        )
        self.was_extended = True
        if waiting is None:
            await self.enqueue(kind, ordering_key=ordering_key, lane=lane, **rest)
        else:
            self.due_hints.append(Hint(waiting, lane, ordering_key))

    async def hasten(self, lane: str, ordering_key: str, *, now: datetime) -> None:
        """Let nothing of a key wait for a later time, as what comes behind it is urgent."""
        result = await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.lane == lane,
                outbox.c.ordering_key == ordering_key,
                statements.IS_READY,
                outbox.c.due_at > now,
            )
            .values(due_at=now)
        )
        self.was_extended = self.was_extended or result.rowcount > 0

    async def due_lanes(self, now: datetime) -> list[str]:
        """The lanes that have an entry to do."""
        rows = await self._connection.scalars(statements.DUE_LANES, {"now": now})
        return list(rows)

    async def claim(
        self, lane: str, *, limit: int, worker: str, now: datetime, lease: timedelta
    ) -> list[OutboxEntry]:
        """Lease the entries of a lane that are due, oldest first; an ordering key yields one at a time."""
        values = {"of_lane": lane, "most": limit, "worker": worker, "now": now, "until": now + lease}
        rows = await self._connection.execute(statements.CLAIM, values)
        return sorted((_entry(row) for row in rows), key=lambda entry: (entry.due_at, entry.id))

    async def finish(self, entry: OutboxEntry, now: datetime) -> None:
        """Record that the effect happened, in the transaction that records its result.

        Raises:
            LeaseLostError: somebody else has the entry by now; roll back.
        """
        await self._settle(entry, now, state=DONE, done_at=now, last_error=None)

    async def postpone(
        self, entry: OutboxEntry, *, now: datetime, due_at: datetime, error: str, counts: bool = True
    ) -> None:
        """Make the entry ready again for a later time; `counts=False` forgets the attempt (a rate limit)."""
        attempts = entry.attempts if counts else entry.attempts - 1
        await self._settle(entry, now, state=READY, due_at=due_at, last_error=error, attempts=attempts)
        self.was_extended = True

    async def bury(self, entry: OutboxEntry, *, now: datetime, error: str) -> None:
        """Make the entry a dead letter: it is kept, listed and can be driven again by a person."""
        await self._settle(entry, now, state=DEAD, done_at=now, last_error=error)

    async def _settle(self, entry: OutboxEntry, now: datetime, **values: Any) -> None:
        result = await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.id == entry.id,
                statements.IS_LEASED,
                outbox.c.leased_by == entry.leased_by,
                outbox.c.attempts == entry.attempts,
                outbox.c.leased_until > now,
            )
            .values(leased_by=None, leased_until=None, **values)
        )
        if result.rowcount != 1:
            raise LeaseLostError(f"outbox entry {entry.id} ({entry.kind})")

    async def reap(self, now: datetime) -> int:
        """Free the entries whose worker has died; answers how many."""
        result = await self._connection.execute(statements.REAP, {"now": now})
        self.was_extended = self.was_extended or result.rowcount > 0
        return result.rowcount

    async def lessees(self) -> list[str]:
        """Who holds leases."""
        rows = await self._connection.scalars(
            select(outbox.c.leased_by).where(statements.IS_LEASED).distinct()
        )
        return [name for name in rows if name]

    async def free(self, lessee: str) -> None:
        """Free what a worker holds that is known to be dead."""
        await self._connection.execute(
            update(outbox).where(statements.IS_LEASED, outbox.c.leased_by == lessee).values(statements.LOST)
        )

    async def next_due_at(self, now: datetime) -> datetime | None:
        """When the next waiting entry or lost lease wants attention; None when nothing waits."""
        times = [
            await self._connection.scalar(statements.NEXT_READY, {"now": now}),
            await self._connection.scalar(statements.NEXT_LOST),
        ]
        return min((time for time in times if time is not None), default=None)

    async def oldest_due_at(self, now: datetime) -> datetime | None:
        """Since when the entry waits that has waited longest; None when none is due."""
        due_at: datetime | None = await self._connection.scalar(
            select(func.min(outbox.c.due_at)).where(statements.IS_READY, outbox.c.due_at <= now)
        )
        return due_at

    async def dead(self, *, limit: int) -> list[OutboxEntry]:
        """The newest dead letters."""
        return await self._select(statements.IS_DEAD, limit=limit)

    async def dead_letter(self, entry_id: int) -> OutboxEntry | None:
        """One dead letter; None when it is none."""
        found = await self._select(and_(statements.IS_DEAD, outbox.c.id == entry_id), limit=1)
        return found[0] if found else None

    async def for_trace(self, trace_id: str, *, limit: int = 500) -> list[OutboxEntry]:
        """Every effect of one mail's way, oldest first."""
        return (await self._select(outbox.c.trace_id == trace_id, limit=limit))[::-1]

    async def _select(self, condition: ColumnElement[bool], *, limit: int) -> list[OutboxEntry]:
        rows = await self._connection.execute(
            select(outbox).where(condition).order_by(outbox.c.id.desc()).limit(limit)
        )
        return [_entry(row) for row in rows]

    async def redrive(self, entry_id: int, *, now: datetime) -> str | None:
        """Make a dead letter ready again for a new row of attempts; answers its trace id, None when it is not dead."""
        # Not 0 attempts: whoever performs it again looks first whether an earlier attempt came through.
        row = await self._change_dead(entry_id, state=READY, due_at=now, attempts=1, done_at=None)
        if row is None:
            return None
        self.was_extended = True
        self.due_hints.append(Hint(entry_id, row.lane, row.ordering_key))
        trace_id: str = row.trace_id
        return trace_id

    async def discard(self, entry_id: int, *, now: datetime) -> str | None:
        """Give a dead letter up for good; answers its trace id, None when it is not dead."""
        row = await self._change_dead(entry_id, state=DISCARDED, done_at=now)
        return row.trace_id if row else None

    async def _change_dead(self, entry_id: int, **values: Any) -> Row[Any] | None:
        changed = await self._connection.execute(
            update(outbox)
            .where(statements.IS_DEAD, outbox.c.id == entry_id)
            .values(values)
            .returning(outbox.c.trace_id, outbox.c.lane, outbox.c.ordering_key)
        )
        return changed.first()

    async def counts(self, now: datetime) -> dict[str, int]:
        """Unfinished and dead entries by state; done ones are not counted, there may be millions.

        Timers whose time has not come are counted as `scheduled`: nobody waits for them.
        """
        is_timer = and_(outbox.c.due_at > now, outbox.c.attempts == 0)
        # One count a state: each has an index of its own, and no index serves them together.
        counts = [
            select(literal(name, literal_execute=True), func.count()).select_from(outbox).where(condition)
            for name, condition in (
                (READY, and_(statements.IS_READY, ~is_timer)),
                ("scheduled", and_(statements.IS_READY, is_timer)),
                (LEASED, statements.IS_LEASED),
                (DEAD, statements.IS_DEAD),
            )
        ]
        rows = await self._connection.execute(union_all(*counts))
        return {state: count for state, count in rows if count}


def _entry(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(
        id=row.id,
        kind=row.kind,
        lane=row.lane,
        ordering_key=row.ordering_key,
        payload=json.loads(row.payload),
        trace_id=row.trace_id,
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at,
        leased_by=row.leased_by,
        last_error=row.last_error,
        created_at=row.created_at,
        done_at=row.done_at,
    )
