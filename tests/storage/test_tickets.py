"""Each change of a ticket says what it expects to find; of two at once one wins."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from routing.decision import Priority
from routing.email import Address
from routing.ticket import TicketState
from storage.errors import NotFoundError
from storage.tickets import QueueHealth
from tests.storage.samples import NOW, SECOND, open_ticket, stored_ticket, unclaimed

if TYPE_CHECKING:
    from routing.ticket import Ticket
    from storage.unit_of_work import Storage

ANA, BO = "U0ANA", "U0BO"


async def claim(storage: Storage, ticket: Ticket, agent_id: str) -> bool:
    async with storage.unit_of_work() as uow:
        won = await uow.tickets.claim(ticket.id, agent_id=agent_id, now=NOW)
        await uow.commit()
    return won


async def get(storage: Storage, ticket: Ticket) -> Ticket:
    async with storage.reading() as uow:
        return await uow.tickets.get(ticket.id)


async def test_a_ticket_comes_out_as_it_went_in(storage: Storage) -> None:
    ticket = await stored_ticket(
        storage,
        subject="Größe?",
        requester=Address(email="zoe@customer.example", name="Zoë"),
        priority=Priority.URGENT,
        response_due_at=NOW + timedelta(hours=4),
    )
    assert (ticket.state, ticket.assignee_id) == (TicketState.OPEN, None)
    assert (ticket.created_at, ticket.response_due_at) == (NOW, NOW + timedelta(hours=4))
    assert (ticket.requester.name, ticket.priority) == ("Zoë", Priority.URGENT)
    assert await get(storage, ticket) == ticket


async def test_numbers_grow(storage: Storage) -> None:
    first = await stored_ticket(storage, "trace-1")
    second = await stored_ticket(storage, "trace-2")
    assert second.id > first.id


async def test_an_unknown_number_is_not_found(storage: Storage) -> None:
    async with storage.reading() as uow:
        with pytest.raises(NotFoundError, match="there is no ticket 7"):
            await uow.tickets.get(7)
        assert await uow.tickets.revision(7) == 0


async def test_of_two_simultaneous_claims_one_wins(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    won = dict(
        zip((ANA, BO), await asyncio.gather(*(claim(storage, ticket, a) for a in (ANA, BO))), strict=True)
    )
    (winner,) = [agent_id for agent_id, has_won in won.items() if has_won]
    assert (await get(storage, ticket)).assignee_id == winner


async def test_a_claimed_ticket_is_released_by_its_holder_only(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    await claim(storage, ticket, ANA)
    assert (await get(storage, ticket)).claimed_at == NOW
    async with storage.unit_of_work() as uow:
        assert not await uow.tickets.release(ticket.id, assignee_id=BO)
        assert await uow.tickets.release(ticket.id, assignee_id=ANA)
        assert not await uow.tickets.release(ticket.id, assignee_id=ANA)
        free = await uow.tickets.get(ticket.id)
    assert (free.assignee_id, free.claimed_at) == (None, None)


async def test_a_resolved_ticket_cannot_be_claimed_released_or_moved(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    async with storage.unit_of_work() as uow:
        assert await uow.tickets.claim(ticket.id, agent_id=ANA, now=NOW)
        assert await uow.tickets.resolve(ticket.id, agent_id=ANA, now=NOW)
        assert not await uow.tickets.claim(ticket.id, agent_id=BO, now=NOW)
        assert not await uow.tickets.release(ticket.id, assignee_id=ANA)
        assert not await uow.tickets.reassign(
            ticket.id, queue="tech", assignee_id=None, now=NOW, moves_card=True
        )
        assert not await uow.tickets.resolve(ticket.id, agent_id=BO, now=NOW + SECOND)
        resolved = await uow.tickets.get(ticket.id)
    assert (resolved.state, resolved.resolved_by, resolved.resolved_at) == (TicketState.RESOLVED, ANA, NOW)
    assert resolved.assignee_id == ANA


async def test_a_reopened_ticket_is_as_before_it_was_resolved(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    async with storage.unit_of_work() as uow:
        assert not await uow.tickets.reopen(ticket.id)
        await uow.tickets.resolve(ticket.id, agent_id=ANA, now=NOW)
        assert await uow.tickets.reopen(ticket.id)
        assert await uow.tickets.get(ticket.id) == ticket


@pytest.mark.parametrize(
    ("assignee_id", "moves_card", "claimed_at", "card"),
    [(BO, True, NOW, (None, None)), (None, False, None, ("C0BILLING", "1.1"))],
)
async def test_reassigning_moves_queue_and_person_and_the_card_if_asked(
    storage: Storage, *, assignee_id: str | None, moves_card: bool, claimed_at: object, card: tuple[str, str]
) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        await uow.tickets.place_card(ticket.id, channel="C0BILLING", ts="1.1")
        assert await uow.tickets.reassign(
            ticket.id, queue="tech", assignee_id=assignee_id, now=NOW, moves_card=moves_card
        )
        moved = await uow.tickets.get(ticket.id)
    assert (moved.queue, moved.assignee_id, moved.claimed_at) == ("tech", assignee_id, claimed_at)
    assert (moved.card_channel, moved.card_ts) == card


async def test_only_the_first_response_is_remembered(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        await uow.tickets.mark_responded(ticket.id, NOW)
        await uow.tickets.mark_responded(ticket.id, NOW + SECOND)
        assert (await uow.tickets.get(ticket.id)).first_responded_at == NOW


async def test_the_revision_grows_with_what_the_card_shows(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        before = await uow.tickets.revision(ticket.id)
        await uow.tickets.raise_priority(ticket.id, Priority.HIGH)
        await uow.tickets.raise_priority(ticket.id, Priority.HIGH)  # changes nothing
        await uow.tickets.touch(ticket.id)
        await uow.tickets.place_card(ticket.id, channel="C0BILLING", ts="1.1")  # is the card itself
        assert await uow.tickets.revision(ticket.id) == before + 2
        assert (await uow.tickets.get(ticket.id)).priority is Priority.HIGH


async def test_an_agents_tickets_have_the_most_urgent_first(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        for number, (agent_id, hours) in enumerate([(ANA, 3), (ANA, 1), (BO, 0), (ANA, 2)]):
            ticket = await open_ticket(uow, f"trace-{number}", response_due_at=NOW + timedelta(hours=hours))
            await uow.tickets.claim(ticket.id, agent_id=agent_id, now=NOW)
        await uow.tickets.resolve(ticket.id, agent_id=ANA, now=NOW)
        mine = await uow.tickets.assigned_to(ANA, limit=10)
        assert [one.trace_id for one in mine] == ["trace-1", "trace-0"]
        assert len(await uow.tickets.assigned_to(ANA, limit=1)) == 1


async def test_unclaimed_tickets_are_counted_by_queue(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        for number, queue in enumerate(["tech", "billing", "tech", "tech", "orders"]):
            ticket = await open_ticket(uow, f"trace-{number}", queue=queue)
        await uow.tickets.claim(ticket.id, agent_id=ANA, now=NOW)
        assert await unclaimed(uow) == {"tech": 3, "billing": 1}


async def test_the_health_of_a_queue_is_what_is_open_in_it(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        for number in range(4):
            due_at = NOW + timedelta(hours=number)
            at = NOW + timedelta(minutes=number)
            ticket = await open_ticket(uow, f"trace-{number}", now=at, response_due_at=due_at)
            if number == 0:
                await uow.tickets.claim(ticket.id, agent_id=ANA, now=NOW)
        await uow.tickets.resolve(ticket.id, agent_id=ANA, now=NOW)
        health = await uow.tickets.health_by_queue(NOW + timedelta(minutes=90))
        assert health == {
            "billing": QueueHealth(open=3, unclaimed=2, waiting_since=NOW + timedelta(minutes=1), overdue=2)
        }


async def test_a_new_requester_is_for_open_tickets_only(storage: Storage) -> None:
    writer = Address(email="zoe@customer.example", name="Zoë")
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        assert await uow.tickets.set_requester(ticket.id, writer)
        assert (await uow.tickets.get(ticket.id)).requester == writer
        await uow.tickets.resolve(ticket.id, agent_id=ANA, now=NOW)
        assert not await uow.tickets.set_requester(ticket.id, ticket.requester)


async def test_what_was_not_delivered_is_remembered_until_it_is_past(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        before = await uow.tickets.revision(ticket.id)
        await uow.tickets.set_undelivered(ticket.id, None)  # changes nothing
        await uow.tickets.set_undelivered(ticket.id, "maria@customer.example: mailbox full (5.2.2)")
        shown = await uow.tickets.get(ticket.id)
        assert shown.undelivered == "maria@customer.example: mailbox full (5.2.2)"
        await uow.tickets.set_undelivered(ticket.id, None)
        assert (await uow.tickets.get(ticket.id)).undelivered is None
        assert await uow.tickets.revision(ticket.id) == before + 2
