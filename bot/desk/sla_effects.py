"""The timers of SLA clocks, and what the queue's people are told when one rings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import effects
from bot.effects import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from routing.sla_clock import Clock
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

LANE = "sla"


async def remind(uow: UnitOfWork, ticket: Ticket, clock: Clock, *, now: datetime) -> None:
    """Ring before the clock's time is used up, and when it is. What has rung already does not ring again."""
    if clock.warned_at is None:
        await _ring(uow, Kind.SLA_WARN, ticket, clock, at=clock.warning_at, now=now)
    if clock.breached_at is None:
        await _ring(uow, Kind.SLA_BREACH, ticket, clock, at=clock.due_at, now=now)


async def tell(uow: UnitOfWork, ticket: Ticket, clock: Clock, *, channel: str, now: datetime) -> None:
    """Tell the card's thread of a clock that is nearly used up, or used up."""
    await uow.outbox.enqueue(
        Kind.POST_SLA,
        lane=effects.posting_lane(channel),
        ordering_key=effects.ticket_key(ticket.id),
        payload=_payload(ticket, clock) | {"is_breach": clock.breached_at is not None},
        trace_id=ticket.trace_id,
        now=now,
    )


async def _ring(
    uow: UnitOfWork, kind: Kind, ticket: Ticket, clock: Clock, *, at: datetime | None, now: datetime
) -> None:
    if clock.due_at is None or at is None:
        return
    await uow.outbox.enqueue(
        kind,
        lane=LANE,
        # No dedup_key: it is written once, with the change that sets the deadline, and one that moves away and back
        # needs a new timer where the old one has rung.
        payload=_payload(ticket, clock),
        trace_id=ticket.trace_id,
        now=now,
        due_at=at,
    )


def _payload(ticket: Ticket, clock: Clock) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "metric": clock.metric,
        "number": clock.number,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
    }
