"""What the auditor of escalations looks at: the open ones with their timers, and calls that have not gone out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select

from routing.escalation import EscalationState
from storage import schema
from storage.outbox_statements import LEASED, READY
from storage.schema import escalations, outbox, tickets

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """An open escalation, and whether the row that is to go on with it is there."""

    escalation_id: int
    generation: int
    state: EscalationState
    next_at: datetime | None
    has_timer: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingCall:
    """A call of an open escalation that nobody has got yet."""

    entry_id: int
    escalation_id: int
    lane: str
    payload: Mapping[str, Any]
    last_error: str | None


class EscalationAudit:
    """What may have been missed, as one transaction sees it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_ones(self, *, timer_kind: str, after_ticket: int, limit: int) -> list[tuple[int, Watched]]:
        """Open escalations by ticket, each with the id of its ticket, to go on behind."""
        rows = list(
            await self._connection.execute(
                select(
                    escalations.c.ticket_id,
                    escalations.c.id,
                    escalations.c.generation,
                    escalations.c.state,
                    escalations.c.next_at,
                )
                .where(_IS_OPEN, escalations.c.ticket_id > after_ticket)
                .order_by(escalations.c.ticket_id)
                .limit(limit)
            )
        )
        keys = {row.id: f"{timer_kind}:{row.id}:{row.generation}" for row in rows}
        timers = await self._living(keys.values())
        return [
            (
                row.ticket_id,
                Watched(
                    escalation_id=row.id,
                    generation=row.generation,
                    state=EscalationState(row.state),
                    next_at=row.next_at,
                    has_timer=keys[row.id] in timers,
                ),
            )
            for row in rows
        ]

    async def _living(self, dedup_keys: Collection[str]) -> set[str]:
        """Those of the outbox's keys that belong to an entry which will be performed."""
        rows = await self._connection.scalars(
            select(outbox.c.dedup_key).where(
                outbox.c.dedup_key.in_(dedup_keys), schema.is_in_state(outbox.c.state, READY, LEASED)
            )
        )
        return {key for key in rows if key}

    async def waiting_calls(
        self, escalation_ids: Collection[int], *, kinds: Collection[str], before: datetime
    ) -> list[WaitingCall]:
        """Calls of these escalations that were written before a time and have not gone out."""
        rows = await self._connection.execute(
            select(
                outbox.c.id,
                escalations.c.id.label("escalation_id"),
                outbox.c.lane,
                outbox.c.payload,
                outbox.c.last_error,
            )
            .select_from(escalations)
            .join(tickets, tickets.c.id == escalations.c.ticket_id)
            .join(outbox, outbox.c.trace_id == tickets.c.trace_id)
            .where(
                escalations.c.id.in_(escalation_ids),
                outbox.c.kind.in_(kinds),
                schema.is_in_state(outbox.c.state, READY, LEASED),
                outbox.c.created_at < before,
            )
            .order_by(outbox.c.id)
        )
        calls = [
            WaitingCall(
                entry_id=row.id,
                escalation_id=row.escalation_id,
                lane=row.lane,
                payload=json.loads(row.payload),
                last_error=row.last_error,
            )
            for row in rows
        ]
        return [call for call in calls if call.payload["escalation_id"] == call.escalation_id]


_IS_OPEN = escalations.c.state != literal(EscalationState.ENDED.value, literal_execute=True)
