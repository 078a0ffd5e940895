"""Escalations, and whom people have asked to join them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.decision import Priority
from routing.escalation import Escalation, EscalationState, Responder, Trigger
from routing.escalation_policy import EscalationPolicy
from storage import relations
from storage.errors import NotFoundError
from storage.schema import escalation_responders, escalations

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_CHANGING = (
    "urgency",
    "target",
    "state",
    "generation",
    "lap",
    "repeats",
    "position",
    "next_at",
    "is_unanswered",
    "is_asked",
    "acknowledged_by",
    "acknowledged_at",
    "snoozed_by",
    "ended_at",
    "ended_because",
    "ended_by",
)


_IS_OPEN = escalations.c.state != literal(EscalationState.ENDED.value, literal_execute=True)
"""With the state written out: a bound parameter would not match the partial index."""


class Escalations:
    """The escalations as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def start(
        self,
        *,
        ticket_id: int,
        trigger: Trigger,
        reason: str,
        urgency: Priority,
        target: str,
        started_by: str,
        policy: EscalationPolicy,
        now: datetime,
    ) -> Escalation:
        """Begin one whose first step is due now. A ticket has one open escalation at the most."""
        row = await self._connection.execute(
            insert(escalations)
            .values(
                ticket_id=ticket_id,
                trigger=trigger,
                reason=reason,
                urgency=urgency,
                target=target,
                started_by=started_by,
                started_at=now,
                policy=policy.model_dump_json(exclude_defaults=True),
                state=EscalationState.RUNNING,
                generation=1,
                lap=1,
                repeats=0,
                position=0,
                next_at=now,
                is_unanswered=False,
                is_asked=False,
            )
            .returning(escalations)
        )
        return _escalation(row.one())

    async def get(self, escalation_id: int) -> Escalation:
        """One escalation.

        Raises:
            NotFoundError: there is none.
        """
        row = (
            await self._connection.execute(select(escalations).where(escalations.c.id == escalation_id))
        ).first()
        if row is None:
            raise NotFoundError(f"there is no escalation {escalation_id}")
        return _escalation(row)

    async def latest(self, ticket_id: int) -> Escalation | None:
        """The newest escalation of a ticket and of those merged into it."""
        return await self._newest(escalations.c.ticket_id.in_(relations.ids_of(ticket_id)))

    async def open_of(self, ticket_id: int) -> Escalation | None:
        """The open escalation of a ticket, or of one that was merged into it."""
        return await self._newest(escalations.c.ticket_id.in_(relations.ids_of(ticket_id)), _IS_OPEN)

    async def _newest(self, *conditions: ColumnElement[bool]) -> Escalation | None:
        row = (
            await self._connection.execute(
                select(escalations).where(*conditions).order_by(escalations.c.id.desc()).limit(1)
            )
        ).first()
        return _escalation(row) if row else None

    async def all_open(self, *, limit: int) -> list[Escalation]:
        """Those that may still want somebody, by ticket."""
        rows = await self._connection.execute(
            select(escalations).where(_IS_OPEN).order_by(escalations.c.ticket_id).limit(limit)
        )
        return [_escalation(row) for row in rows]

    async def change(self, before: Escalation, after: Escalation) -> bool:
        """Write what has become of it; False when somebody else has changed it since `before` was read."""
        result = await self._connection.execute(
            update(escalations)
            .where(escalations.c.id == before.id, escalations.c.generation == before.generation)
            .values({name: getattr(after, name) for name in _CHANGING})
        )
        return result.rowcount == 1

    async def ask(
        self, escalation_id: int, *, person: str, asked_by: str, is_in_charge: bool, now: datetime
    ) -> None:
        """Remember whom a person has called; `is_in_charge` if it was handed over to them."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        values = {"asked_by": asked_by, "asked_at": now, "is_in_charge": is_in_charge}
        await self._connection.execute(
            dialect.insert(escalation_responders)
            .values(escalation_id=escalation_id, person=person, **values)
            .on_conflict_do_update(index_elements=["escalation_id", "person"], set_=values)
        )

    async def responders(self, escalation_id: int) -> list[Responder]:
        """Whom people have called, in that order."""
        rows = await self._connection.execute(
            select(escalation_responders)
            .where(escalation_responders.c.escalation_id == escalation_id)
            .order_by(escalation_responders.c.asked_at, escalation_responders.c.person)
        )
        return [
            Responder(
                person=row.person,
                asked_by=row.asked_by,
                asked_at=row.asked_at,
                is_in_charge=row.is_in_charge,
            )
            for row in rows
        ]


def _escalation(row: Row[Any]) -> Escalation:
    return Escalation(
        id=row.id,
        ticket_id=row.ticket_id,
        trigger=Trigger(row.trigger),
        reason=row.reason,
        started_by=row.started_by,
        started_at=row.started_at,
        policy=EscalationPolicy.model_validate_json(row.policy),
        **{name: getattr(row, name) for name in _CHANGING}
        | {"urgency": Priority(row.urgency), "state": EscalationState(row.state)},
    )
