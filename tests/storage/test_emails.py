"""Stored mails and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routing.decision import RoutingDecision
from storage.errors import NotFoundError
from tests.routing.mails import mail
from tests.storage.samples import NOW, open_ticket, received

if TYPE_CHECKING:
    from storage.unit_of_work import Storage

DECISION = RoutingDecision(queue="billing", intent="refund", confidence=0.9, ruleset="0" * 64)


@pytest.fixture
async def storage(storage: Storage) -> Storage:
    """A storage that holds one mail."""
    await storage.email_writer.remember(received("trace-1", normalised=mail().model_dump_json()))
    return storage


async def test_a_finished_mail_knows_its_ticket_and_why(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        await uow.emails.finish("trace-1", ticket_id=ticket.id, decision=DECISION)
        stored = await uow.emails.get("trace-1")
        assert await uow.emails.unfinished_counts() == {}
    assert (stored.state, stored.ticket_id, stored.decision) == ("done", ticket.id, DECISION)
    assert stored.email == mail()


async def test_triage_may_complete_the_mail(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.emails.finish("trace-1", ticket_id=None, email=mail(subject="Completed"))
        stored, raw = await uow.emails.get("trace-1"), await uow.emails.raw("trace-1")
    assert stored.email == mail(subject="Completed")
    assert raw == received().raw
    assert stored.decision is None


async def test_a_parked_mail_says_why_and_is_counted(storage: Storage) -> None:
    await storage.email_writer.remember(received("trace-2"))
    async with storage.unit_of_work() as uow:
        await uow.emails.park("trace-1", "the body is no JSON")
        stored = await uow.emails.get("trace-1")
        assert await uow.emails.unfinished_counts() == {"parked": 1, "in_flight": 1}
    assert (stored.state, stored.reason) == ("parked", "the body is no JSON")


async def test_what_is_not_there_is_not_found(storage: Storage) -> None:
    async with storage.reading() as uow:
        with pytest.raises(NotFoundError, match="no mail has the trace id trace-9"):
            await uow.emails.get("trace-9")


async def test_the_newest_parked_mails_are_listed_with_what_could_be_read(storage: Storage) -> None:
    for number in (2, 3):
        await storage.email_writer.remember(received(f"trace-{number}"))
    async with storage.unit_of_work() as uow:
        for number in (1, 2):
            await uow.emails.park(f"trace-{number}", f"reason {number}")
        newest, oldest = await uow.emails.parked(limit=10)
        assert len(await uow.emails.parked(limit=1)) == 1
    assert (newest.trace_id, newest.reason, newest.email) == ("trace-2", "reason 2", None)
    assert (oldest.trace_id, oldest.received_at, oldest.email) == ("trace-1", NOW, mail())


async def test_a_parked_mail_is_released_once(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        assert not await uow.emails.release("trace-1"), "it is in flight"
        await uow.emails.park("trace-1", "a loop")
        assert await uow.emails.release("trace-1")
        assert not await uow.emails.release("trace-1")
        stored = await uow.emails.get("trace-1")
    assert (stored.state, stored.reason) == ("in_flight", None)
