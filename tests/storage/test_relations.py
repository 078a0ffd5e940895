"""Merged tickets point at the whole that they are part of, and keep what is theirs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from routing.decision import Priority
from routing.escalation import Trigger
from routing.escalation_policy import STANDARD
from routing.ticket import MessageKind, Relation, TicketState
from storage.errors import NotFoundError
from tests.storage.samples import NOW, open_ticket, stored_ticket

if TYPE_CHECKING:
    from routing.ticket import Ticket
    from storage.unit_of_work import Storage, UnitOfWork

ANA = "U0ANA"


async def merge(uow: UnitOfWork, source: Ticket, target: Ticket) -> bool:
    return await uow.relations.merge(source.id, into_id=target.id, agent_id=ANA, now=NOW)


async def open_three(uow: UnitOfWork) -> tuple[Ticket, Ticket, Ticket]:
    one, two, three = [await open_ticket(uow, f"trace-{number}") for number in range(3)]
    return one, two, three


async def add_message(uow: UnitOfWork, ticket: Ticket) -> int:
    return await uow.messages.add(
        ticket_id=ticket.id, kind=MessageKind.INBOUND, message_id=None, author="", body="", now=NOW
    )


async def test_a_merged_ticket_is_closed_and_leads_to_the_whole(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        one, two, _ = await open_three(uow)
        assert await merge(uow, two, one)
        part = await uow.tickets.get(two.id)
        assert (part.state, part.resolved_by, part.merged_into) == (TicketState.RESOLVED, ANA, one.id)
        assert (await uow.relations.whole(two.id)).id == one.id
        assert (await uow.relations.whole(one.id)).id == one.id
        with pytest.raises(NotFoundError):
            await uow.relations.whole(7)


async def test_a_ticket_is_merged_once_and_opened_again_by_a_split_only(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        one, two, three = await open_three(uow)
        assert await merge(uow, two, one)
        assert not await merge(uow, two, three)
        assert not await uow.tickets.reopen(two.id)
        assert not await uow.relations.unmerge(two.id, from_id=three.id)
        assert await uow.relations.unmerge(two.id, from_id=one.id)
        assert not await uow.relations.unmerge(two.id, from_id=one.id)
        assert await uow.tickets.get(two.id) == two


async def test_what_was_merged_before_goes_along(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        one, two, three = await open_three(uow)
        await merge(uow, three, two)
        await merge(uow, two, one)
        assert (await uow.relations.whole(three.id)).id == one.id
        assert {part.id for part in await uow.relations.parts(one.id)} == {two.id, three.id}


async def test_the_whole_has_the_messages_and_escalations_of_its_parts_while_they_are(
    storage: Storage,
) -> None:
    async with storage.unit_of_work() as uow:
        one, two, _ = await open_three(uow)
        ids = [await add_message(uow, ticket) for ticket in (one, two, one)]
        called = await uow.escalations.start(
            ticket_id=two.id,
            trigger=Trigger.PRESSED,
            policy=STANDARD,
            reason="",
            urgency=Priority.HIGH,
            target="U1",
            started_by=ANA,
            now=NOW,
        )
        await merge(uow, two, one)
        assert [message.id for message in await uow.messages.of_ticket(one.id)] == ids
        assert await uow.escalations.latest(one.id) == called
        await uow.relations.unmerge(two.id, from_id=one.id)
        assert [message.id for message in await uow.messages.of_ticket(one.id)] == [ids[0], ids[2]]
        assert await uow.escalations.latest(one.id) is None


async def test_only_the_named_tie_is_dropped(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        one, two, _ = await open_three(uow)
        tied = await open_ticket(uow, "trace-9", related_id=one.id, relation=Relation.SUGGESTED)
        await uow.relations.drop(tied.id, related_id=two.id)
        assert (await uow.tickets.get(tied.id)).related_id == one.id
        await uow.relations.drop(tied.id, related_id=one.id)
        untied = await uow.tickets.get(tied.id)
        assert (untied.related_id, untied.relation) == (None, None)


async def test_of_two_tickets_that_are_merged_into_each_other_at_once_one_stays_whole(
    storage: Storage,
) -> None:
    one, two = await stored_ticket(storage, "trace-1"), await stored_ticket(storage, "trace-2")

    async def attempt(source: Ticket, target: Ticket) -> None:
        async with storage.unit_of_work() as uow:
            await uow.relations.lock(source.id, target.id)
            if (await uow.tickets.get(target.id)).merged_into is None:
                await merge(uow, source, target)
            await uow.commit()

    await asyncio.gather(attempt(one, two), attempt(two, one))
    async with storage.reading() as uow:
        parts = [(await uow.tickets.get(ticket.id)).merged_into for ticket in (one, two)]
    assert parts.count(None) == 1
