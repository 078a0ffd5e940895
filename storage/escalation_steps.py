"""The steps of escalations that have run: one row each, so that none runs twice and each says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, insert, select, update

from routing.escalation import StepRun
from storage.schema import escalation_steps

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_BETWEEN = " "
"""Between the names of those who were called: no Slack id, channel or pager has a space."""


class EscalationSteps:
    """The steps as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, escalation_id: int, run: StepRun) -> None:
        """Write down that a step has run; a second time is an error of the database."""
        await self._connection.execute(
            insert(escalation_steps).values(
                escalation_id=escalation_id,
                lap=run.lap,
                position=run.position,
                action=run.action,
                due_at=run.due_at,
                ran_at=run.ran_at,
                is_late=run.is_late,
                outcome=run.outcome,
                called=_BETWEEN.join(run.called),
                calls=run.calls,
                failed=run.failed,
            )
        )

    async def spread(self, escalation_id: int, *, lap: int, position: int, more: int) -> None:
        """One call of a step has become several."""
        await self._change(escalation_id, lap, position, calls=escalation_steps.c.calls + more)

    async def fail(self, escalation_id: int, *, lap: int, position: int) -> bool:
        """One call of a step has reached nobody; answers whether none of them has, then."""
        await self._change(escalation_id, lap, position, failed=escalation_steps.c.failed + 1)
        row = (
            await self._connection.execute(
                select(escalation_steps.c.calls, escalation_steps.c.failed).where(
                    _is(escalation_id, lap, position)
                )
            )
        ).first()
        return row is not None and row.failed >= row.calls

    async def _change(self, escalation_id: int, lap: int, position: int, **values: Any) -> None:
        await self._connection.execute(
            update(escalation_steps).where(_is(escalation_id, lap, position)).values(values)
        )

    async def count(self, escalation_id: int, *, action: str) -> int:
        """How many steps of a kind have run."""
        count = await self._connection.scalar(
            select(func.count()).where(
                escalation_steps.c.escalation_id == escalation_id, escalation_steps.c.action == action
            )
        )
        return int(count or 0)

    async def of(self, escalation_id: int, *, limit: int = 200) -> list[StepRun]:
        """The newest steps of an escalation, in their order."""
        rows = await self._connection.execute(
            select(escalation_steps)
            .where(escalation_steps.c.escalation_id == escalation_id)
            .order_by(escalation_steps.c.lap.desc(), escalation_steps.c.position.desc())
            .limit(limit)
        )
        return [_run(row) for row in rows][::-1]


def _is(escalation_id: int, lap: int, position: int) -> ColumnElement[bool]:
    return and_(
        escalation_steps.c.escalation_id == escalation_id,
        escalation_steps.c.lap == lap,
        escalation_steps.c.position == position,
    )


def _run(row: Row[Any]) -> StepRun:
    return StepRun(
        lap=row.lap,
        position=row.position,
        action=row.action,
        due_at=row.due_at,
        ran_at=row.ran_at,
        is_late=row.is_late,
        outcome=row.outcome,
        called=tuple(row.called.split(_BETWEEN)) if row.called else (),
        calls=row.calls,
        failed=row.failed,
    )
