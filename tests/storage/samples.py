"""Records to store: ordinary ones, changed where a test needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from routing.decision import Priority
from routing.email import Address
from storage.received import ReceivedEmail

if TYPE_CHECKING:
    from routing.ticket import Ticket
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import Storage, UnitOfWork

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=60)


def received(trace_id: str = "trace-1", **changes: Any) -> ReceivedEmail:
    """A delivery as the webhook hands it over; its `dedup_key` is its own unless given."""
    values: dict[str, Any] = {
        "trace_id": trace_id,
        "tenant": "acme",
        "source": "mailparse",
        "provider": "mailparse",
        "dedup_key": f"delivery-of-{trace_id}",
        "content_type": "application/json",
        "raw": b'{"id": "mail-1"}',
        "normalised": None,
        "parse_error": None,
        "message_id": None,
        "received_at": NOW,
    }
    return ReceivedEmail(**values | changes)


async def open_ticket(uow: UnitOfWork, trace_id: str = "trace-1", **changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "tenant": "acme",
        "queue": "billing",
        "subject": "Refund",
        "requester": Address(email="maria@customer.example", name="Maria Costa"),
        "tier": "standard",
        "priority": Priority.NORMAL,
        "now": NOW,
        "response_due_at": None,
    }
    return await uow.tickets.open(trace_id=trace_id, **values | changes)


async def unclaimed(uow: UnitOfWork) -> dict[str, int]:
    """How many tickets of each queue nobody has claimed."""
    health = await uow.tickets.health_by_queue(NOW)
    return {queue: found.unclaimed for queue, found in health.items() if found.unclaimed}


async def stored_ticket(storage: Storage, trace_id: str = "trace-1", **changes: Any) -> Ticket:
    """A ticket that other transactions see."""
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow, trace_id, **changes)
        await uow.commit()
    return ticket


async def enqueue(storage: Storage, kind: str = "email.reply", **changes: Any) -> int:
    """An entry that workers see; it is due at NOW in the lane `smtp`."""
    values: dict[str, Any] = {"lane": "smtp", "payload": {}, "trace_id": "trace-1", "now": NOW}
    async with storage.unit_of_work() as uow:
        entry_id = await uow.outbox.enqueue(kind, **values | changes)
        await uow.commit()
    assert entry_id is not None
    return entry_id


async def claim(
    storage: Storage, lane: str = "smtp", *, worker: str = "worker-1", now: datetime = NOW, limit: int = 10
) -> list[OutboxEntry]:
    async with storage.unit_of_work() as uow:
        entries = await uow.outbox.claim(lane, limit=limit, worker=worker, now=now, lease=LEASE)
        await uow.commit()
    return entries
