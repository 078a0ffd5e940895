"""Once a day what is over and done is forgotten, a batch a transaction, so that the daily work never waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.effects import Kind

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

LANE = "retention"
TRACE = "retention"
"""Trace id of what belongs to no mail."""

_BATCH = 500
_QUIET_HOUR = time(3, tzinfo=UTC)


async def arm(uow: UnitOfWork, now: datetime) -> None:
    """See to it that there is a run today; at a start, in case the last one could not plan the next."""
    await _plan(uow, now, due_at=now, key=f"{now:%Y-%m-%d}")


async def _plan(uow: UnitOfWork, now: datetime, *, due_at: datetime, key: str, after_id: int = 0) -> None:
    await uow.outbox.enqueue(
        Kind.RETAIN,
        lane=LANE,
        dedup_key=f"{Kind.RETAIN}:{key}",
        payload={"after_id": after_id},
        trace_id=TRACE,
        now=now,
        due_at=due_at,
    )


class Retain:
    """`retention.retain`: one batch; it plans the next one, or the run of tomorrow."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._forget(uow, entry)

    async def _forget(self, uow: UnitOfWork, entry: OutboxEntry) -> None:
        now, keep = self._services.clock(), self._services.config.retention
        after_id: int = entry.payload["after_id"]
        further = await uow.retention.forget_done(before=now - keep.outbox, after_id=after_id, limit=_BATCH)
        are_more_hits = await uow.retention.forget_rule_hits(before=now - keep.rule_hits, limit=_BATCH)
        if further is not None or are_more_hits:
            await _plan(uow, now, due_at=now, key=f"after-{entry.id}", after_id=further or after_id)
            return
        tomorrow = datetime.combine(now.astimezone(UTC) + timedelta(days=1), _QUIET_HOUR)
        await _plan(uow, now, due_at=tomorrow, key=f"{tomorrow:%Y-%m-%d}")
