"""What people said of routing decisions. Rows are only ever added."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from routing.labels import LabelKind, RoutingLabel
from storage.schema import routing_labels

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class RoutingLabels:
    """The labels as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, label: RoutingLabel) -> None:
        """Write one down."""
        await self._connection.execute(insert(routing_labels).values(**asdict(label)))

    async def since(self, since: datetime) -> list[RoutingLabel]:
        """Every label since then, oldest first."""
        rows = await self._connection.execute(
            select(routing_labels)
            .where(routing_labels.c.at >= since)
            .order_by(routing_labels.c.at, routing_labels.c.id)
        )
        return [
            RoutingLabel(
                trace_id=row.trace_id,
                ticket_id=row.ticket_id,
                at=row.at,
                actor=row.actor,
                kind=LabelKind(row.kind),
                from_queue=row.from_queue,
                to_queue=row.to_queue,
                rule=row.rule,
                ruleset=row.ruleset,
            )
            for row in rows
        ]

    async def misrouted_since(self, since: datetime, *, triage_queue: str) -> dict[str | None, int]:
        """How many tickets were moved since then, by the rule that had sent them; None is for no rule.

        A ticket that is moved twice counts once, and one that leaves the triage queue does not count: there a
        person was asked where it belongs.
        """
        rows = await self._connection.execute(
            select(routing_labels.c.rule, func.count(routing_labels.c.ticket_id.distinct()))
            .where(routing_labels.c.at >= since, routing_labels.c.from_queue != triage_queue)
            .group_by(routing_labels.c.rule)
        )
        return dict(rows.all())
