"""The effects of on-call, as outbox entries.

Each timer writes the next one under a key that its own time gives. So however many are started, by restarts and by
overrides, they become one again as soon as they aim at the same moment.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot import effects
from bot.effects import Kind

if TYPE_CHECKING:
    from storage.swaps import Swap
    from storage.unit_of_work import UnitOfWork

TRACE = "on-call"
"""Trace id of what happens to the schedules."""
WATCH_LANE = "on_call"
GROUP_LANE = "slack.groups"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


async def watch(uow: UnitOfWork, schedule: str, *, now: datetime, due_at: datetime | None = None) -> None:
    """Look who is on call at a time; at once by default."""
    await uow.outbox.enqueue(
        Kind.ON_CALL_WATCH,
        lane=WATCH_LANE,
        dedup_key=f"{Kind.ON_CALL_WATCH}:{schedule}:{due_at.isoformat()}" if due_at else None,
        payload={"schedule": schedule},
        trace_id=TRACE,
        now=now,
        due_at=due_at,
    )


async def watch_again(uow: UnitOfWork, schedule: str, *, hand_over: datetime | None, now: datetime) -> None:
    """Look at the next hand-over, or at the full hour: a schedule may have changed by then."""
    hour = _next(_HOUR, now)
    await watch(uow, schedule, now=now, due_at=min(hour, hand_over or hour))


async def refresh(uow: UnitOfWork, schedule: str, *, now: datetime, due_at: datetime | None = None) -> None:
    """Read the calendar of a schedule; at once by default."""
    await uow.outbox.enqueue(
        Kind.ON_CALL_REFRESH,
        lane=f"on_call.feed:{schedule}",
        dedup_key=f"{Kind.ON_CALL_REFRESH}:{schedule}:{due_at.isoformat()}" if due_at else None,
        payload={"schedule": schedule},
        trace_id=TRACE,
        now=now,
        due_at=due_at,
    )


async def refresh_again(uow: UnitOfWork, schedule: str, *, every: timedelta, now: datetime) -> None:
    """Read it again at the next full `every`."""
    await refresh(uow, schedule, now=now, due_at=_next(every, now))


async def sync_group(uow: UnitOfWork, schedule: str, *, now: datetime) -> None:
    """Make those on call the members of the schedule's user group."""
    await uow.outbox.enqueue_once_ready(
        Kind.ON_CALL_SYNC_GROUP,
        lane=GROUP_LANE,
        ordering_key=f"schedule:{schedule}",
        payload={"schedule": schedule},
        trace_id=TRACE,
        now=now,
    )


async def tell(uow: UnitOfWork, person: str, text: str, *, now: datetime) -> None:
    """Tell one person something, in a direct message; `text` is escaped markup."""
    await uow.outbox.enqueue(
        Kind.ON_CALL_TELL,
        lane=effects.posting_lane(person),
        payload={"person": person, "text": text},
        trace_id=TRACE,
        now=now,
    )


async def ask_swap(uow: UnitOfWork, swap: Swap, *, now: datetime) -> None:
    """Ask somebody to take a shift, and end the question when the shift begins."""
    await uow.outbox.enqueue(
        Kind.ON_CALL_ASK_SWAP,
        lane=effects.posting_lane(swap.person),
        dedup_key=f"{Kind.ON_CALL_ASK_SWAP}:{swap.id}",
        payload={"swap_id": swap.id},
        trace_id=TRACE,
        now=now,
    )
    await uow.outbox.enqueue(
        Kind.ON_CALL_EXPIRE_SWAP,
        lane=WATCH_LANE,
        dedup_key=f"{Kind.ON_CALL_EXPIRE_SWAP}:{swap.id}",
        payload={"swap_id": swap.id},
        trace_id=TRACE,
        now=now,
        due_at=swap.start,
    )


async def update_swap(uow: UnitOfWork, swap: Swap, *, now: datetime) -> None:
    """Show under the question what became of it."""
    if swap.channel is None:
        return  # not posted yet: it will show the state of its own time
    await uow.outbox.enqueue(
        Kind.ON_CALL_UPDATE_SWAP,
        lane=effects.editing_lane(swap.channel),
        payload={"swap_id": swap.id},
        trace_id=TRACE,
        now=now,
    )


def _next(every: timedelta, now: datetime) -> datetime:
    return _EPOCH + ((now - _EPOCH) // every + 1) * every
