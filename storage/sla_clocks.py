"""The SLA clocks of tickets, as the audit trail gives them: kept, so that a card need not read the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from routing.business_hours import BusinessHours
from routing.sla_clock import Clock, Outcome, Pause
from routing.sla_policy import Metric
from storage.schema import sla_clocks

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_PAUSES = TypeAdapter(tuple[Pause, ...])
_KEY = ("ticket_id", "metric", "number")


class SlaClocks:
    """The clocks as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_ticket(self, ticket_id: int) -> list[Clock]:
        """Every clock that the ticket ever had, in the order in which they started."""
        rows = await self._connection.execute(
            select(sla_clocks)
            .where(sla_clocks.c.ticket_id == ticket_id)
            .order_by(sla_clocks.c.started_at, sla_clocks.c.metric, sla_clocks.c.number)
        )
        return [_clock(row) for row in rows]

    async def put(self, ticket_id: int, clock: Clock) -> None:
        """Write a clock, in place of what it was before."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        values = _values(clock)
        statement = dialect.insert(sla_clocks).values(
            ticket_id=ticket_id, metric=clock.metric, number=clock.number, **values
        )
        await self._connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=values))

    async def remove(self, ticket_id: int, clock: Clock) -> None:
        """Take out a clock that should never have been, as when its message was split off."""
        await self._connection.execute(
            delete(sla_clocks).where(
                sla_clocks.c.ticket_id == ticket_id,
                sla_clocks.c.metric == clock.metric,
                sla_clocks.c.number == clock.number,
            )
        )


def _values(clock: Clock) -> dict[str, Any]:
    return {
        "started_at": clock.started_at,
        "target_seconds": clock.target // timedelta(seconds=1),
        "hours": clock.hours.model_dump_json() if clock.hours else None,
        "warn_at": clock.warn_at,
        "pauses": _PAUSES.dump_json(clock.pauses).decode(),
        "ended_at": clock.ended_at,
        "outcome": clock.outcome,
        "due_at": clock.due_at,
        "warned_at": clock.warned_at,
        "breached_at": clock.breached_at,
    }


def _clock(row: Row[Any]) -> Clock:
    return Clock(
        metric=Metric(row.metric),
        number=row.number,
        started_at=row.started_at,
        target=timedelta(seconds=row.target_seconds),
        hours=BusinessHours.model_validate_json(row.hours) if row.hours else None,
        warn_at=row.warn_at,
        pauses=_PAUSES.validate_json(row.pauses),
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        due_at=row.due_at,
        warned_at=row.warned_at,
        breached_at=row.breached_at,
    )
