from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routing.decision import RoutingDecision
from routing.labels import LabelKind, RoutingLabel
from tests.storage.samples import NOW, SECOND, received, stored_ticket

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


DECISION = RoutingDecision(queue="billing", intent="billing", confidence=0.9, rule="money", ruleset="abc")


def label(ticket_id: int, **changes: Any) -> RoutingLabel:
    values: dict[str, Any] = {
        "trace_id": "trace-1",
        "ticket_id": ticket_id,
        "at": NOW,
        "actor": "U0ANA",
        "kind": LabelKind.REASSIGNED,
        "from_queue": "billing",
        "to_queue": "orders",
        "rule": "money",
        "ruleset": "abc",
    }
    return RoutingLabel(**values | changes)


async def test_labels_are_read_as_they_were_written_oldest_first(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    later = label(ticket.id, kind=LabelKind.MISROUTED, to_queue=None, rule=None, at=NOW + SECOND)
    async with storage.unit_of_work() as uow:
        for each in (later, label(ticket.id), label(ticket.id, at=NOW - SECOND)):
            await uow.routing_labels.add(each)
        assert await uow.routing_labels.since(NOW) == [label(ticket.id), later]


async def test_a_ticket_that_moves_twice_was_misrouted_once(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    other = await stored_ticket(storage, "trace-2")
    async with storage.unit_of_work() as uow:
        for each in (
            label(ticket.id),
            label(ticket.id, from_queue="orders", to_queue="tech"),
            label(other.id, rule=None, from_queue="tech"),
            label(other.id, at=NOW - SECOND),
        ):
            await uow.routing_labels.add(each)
        misrouted = await uow.routing_labels.misrouted_since(NOW, triage_queue="triage")
    assert misrouted == {"money": 1, None: 1}


async def test_a_ticket_that_leaves_the_triage_queue_was_not_misrouted(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    async with storage.unit_of_work() as uow:
        await uow.routing_labels.add(label(ticket.id, from_queue="triage"))
        assert await uow.routing_labels.misrouted_since(NOW, triage_queue="triage") == {}


async def test_routed_mails_are_counted_by_when_they_came(storage: Storage) -> None:
    for trace_id, at in (("trace-1", NOW - SECOND), ("trace-2", NOW), ("trace-3", NOW)):
        await storage.email_writer.remember(received(trace_id, received_at=at))
    async with storage.unit_of_work() as uow:
        for trace_id in ("trace-1", "trace-2"):
            await uow.emails.finish(trace_id, ticket_id=None, decision=DECISION)
        assert await uow.emails.decided_since(NOW) == 1
        assert await uow.emails.decided_since(NOW - SECOND) == 2
