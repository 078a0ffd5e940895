"""The statements by which workers share the outbox, each built once: to build one takes twice as long as to run it.

They ask by index alone: no worker's round grows with the history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, ColumnElement, Integer, and_, bindparam, func, literal, or_, select, update

from storage import schema
from storage.schema import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.sql.dml import ReturningUpdate

READY, LEASED, DONE, DEAD, DISCARDED = "ready", "leased", "done", "dead", "discarded"

IS_READY = schema.is_in_state(outbox.c.state, READY)
IS_LEASED = schema.is_in_state(outbox.c.state, LEASED)
IS_DEAD = schema.is_in_state(outbox.c.state, DEAD)
IS_UNFINISHED = schema.is_in_state(outbox.c.state, READY, LEASED)
LOST = {"state": READY, "leased_by": None, "leased_until": None, "last_error": "the worker was lost"}

_NOW = bindparam("now", type_=schema.UtcDateTime())


def _ready_lanes() -> CTE:
    """The lanes that have ready entries, and a NULL; found by hopping from lane to lane in the index."""
    lane = select(func.min(outbox.c.lane).label("lane")).where(IS_READY).cte("lanes", recursive=True)
    further = select(func.min(outbox.c.lane)).where(IS_READY, outbox.c.lane > lane.c.lane).scalar_subquery()
    return lane.union_all(select(further).where(lane.c.lane.is_not(None)))


def _is_next_of_its_key() -> ColumnElement[bool]:
    """Whether none of the same key is earlier, or runs: one that was driven again may be older than what runs."""
    other = outbox.alias("other")
    is_before = or_(other.c.id < outbox.c.id, schema.is_in_state(other.c.state, LEASED))
    same_key = and_(other.c.lane == outbox.c.lane, other.c.ordering_key == outbox.c.ordering_key)
    waits = select(literal(1)).where(same_key, schema.is_in_state(other.c.state, READY, LEASED), is_before)
    return or_(outbox.c.ordering_key.is_(None), ~waits.exists())


def _due_lanes() -> Select[str]:
    lanes = _ready_lanes()
    is_due = (
        select(literal(1)).where(outbox.c.lane == lanes.c.lane, IS_READY, outbox.c.due_at <= _NOW).exists()
    )
    return select(lanes.c.lane).where(lanes.c.lane.is_not(None), is_due)


def _claim() -> ReturningUpdate[Any]:
    chosen = (
        select(outbox.c.id)
        .where(
            outbox.c.lane == bindparam("of_lane"), IS_READY, outbox.c.due_at <= _NOW, _is_next_of_its_key()
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True, of=outbox)
        # As a plain subquery PostgreSQL may run it once a row, and each run locks `limit` more.
        .cte("chosen")
    )
    return (
        update(outbox)
        .where(outbox.c.id.in_(select(chosen.c.id)))
        .values(
            state=LEASED,
            attempts=outbox.c.attempts + 1,
            leased_by=bindparam("worker"),
            leased_until=bindparam("until", type_=schema.UtcDateTime()),
        )
        .returning(outbox)
    )


def _next_ready() -> Select[datetime]:
    lanes = _ready_lanes()
    next_of_lane = (
        select(func.min(outbox.c.due_at))
        .where(outbox.c.lane == lanes.c.lane, IS_READY, outbox.c.due_at > _NOW)
        .scalar_subquery()
    )
    return select(func.min(next_of_lane)).select_from(lanes)


DUE_LANES, CLAIM, NEXT_READY = _due_lanes(), _claim(), _next_ready()
NEXT_LOST = select(func.min(outbox.c.leased_until)).where(IS_LEASED)
REAP = update(outbox).where(IS_LEASED, outbox.c.leased_until <= _NOW).values(LOST)
