"""One incident gathers an intent, each ticket joins once, and a storm is what belongs to none."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from routing.incidents import Gathers, IncidentState, Opening
from storage.errors import NotFoundError
from tests.storage.samples import NOW, SECOND, open_ticket, stored_ticket

if TYPE_CHECKING:
    from typing import Any

    from routing.incidents import Incident
    from routing.ticket import Ticket
    from storage.unit_of_work import Storage, UnitOfWork

ANA = "U0ANA"


async def begin(uow: UnitOfWork, first: Ticket, **changes: Any) -> Incident | None:
    values: dict[str, Any] = {
        "tenant": "acme",
        "intent": "malfunction",
        "title": "The page says 503",
        "opening": Opening.STORM,
        "gathers": Gathers.ALL,
        "opened_by": "deskbell",
        "now": NOW,
    }
    return await uow.incidents.open(first_ticket_id=first.id, **values | changes)


async def begun(uow: UnitOfWork, first: Ticket, **changes: Any) -> Incident:
    incident = await begin(uow, first, **changes)
    assert incident is not None
    return incident


async def test_an_incident_comes_out_as_it_went_in(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        incident = await begun(uow, await open_ticket(uow))
        assert await uow.incidents.get(incident.id) == incident
        assert await uow.incidents.gathering(tenant="acme", intent="malfunction") == incident
        assert await uow.incidents.gathering(tenant="acme", intent="login") is None
        assert await uow.incidents.newest_open(limit=5) == [incident]
        with pytest.raises(NotFoundError, match="there is no incident 99"):
            await uow.incidents.get(99)
    assert (incident.state, incident.gathers, incident.opened_at) == (IncidentState.OPEN, Gathers.ALL, NOW)


async def test_of_two_transactions_at_once_one_opens_it(storage: Storage) -> None:
    ticket = await stored_ticket(storage)

    async def open_one() -> bool:
        async with storage.unit_of_work() as uow:
            opened = await begin(uow, ticket)
            await uow.commit()
        return opened is not None

    assert sorted(await asyncio.gather(open_one(), open_one())) == [False, True]


async def test_one_that_gathers_no_more_makes_room_for_another(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        first = await begun(uow, ticket)
        assert await begin(uow, ticket) is None
        await uow.incidents.stop_gathering(first.id)
        second = await begun(uow, ticket)
        assert [one.id for one in await uow.incidents.newest_open(limit=5)] == [second.id, first.id]
        assert await uow.incidents.number_of_day(second) == 2


async def test_it_is_resolved_once_and_gathers_no_more(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        incident = await begun(uow, await open_ticket(uow))
        assert await uow.incidents.resolve(incident.id, agent_id=ANA, now=NOW + SECOND)
        assert not await uow.incidents.resolve(incident.id, agent_id="U0BO", now=NOW + SECOND)
        resolved = await uow.incidents.get(incident.id)
        assert (resolved.resolved_by, resolved.gathers) == (ANA, None)
        assert not await uow.incidents.take(incident.id, agent_id=ANA, now=NOW)


async def test_a_storm_is_what_is_new_and_belongs_to_no_incident(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        old = await open_ticket(uow, "t1", storm_intent="malfunction", now=NOW - timedelta(hours=1))
        new = [await open_ticket(uow, f"t{n}", storm_intent="malfunction") for n in (2, 3)]
        await open_ticket(uow, "t4", storm_intent="login")
        await open_ticket(uow, "t5")

        async def storm() -> list[int]:
            since = NOW - timedelta(minutes=5)
            return await uow.incident_tickets.storm(
                tenant="acme", intent="malfunction", since=since, limit=10
            )

        assert await storm() == [ticket.id for ticket in new]
        assert old.id not in await storm()
        incident = await begun(uow, new[0])
        assert await uow.incident_tickets.join(incident.id, new[0].id, has_card=True, now=NOW)
        assert not await uow.incident_tickets.join(incident.id, new[0].id, has_card=True, now=NOW)
        assert await storm() == [new[1].id]
        assert await uow.incidents.of_ticket(new[0].id) == incident
        assert await uow.incidents.of_ticket(new[1].id) is None


async def test_its_thread_is_told_of_each_ticket_once(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        with_card, one, two = [await open_ticket(uow, f"t{n}") for n in range(3)]
        incident = await begun(uow, with_card)
        await uow.incident_tickets.join(incident.id, with_card.id, has_card=True, now=NOW)
        for ticket in (one, two):
            await uow.incident_tickets.join(incident.id, ticket.id, has_card=False, now=NOW)
        untold = await uow.incident_tickets.untold(incident.id, limit=10)
        assert untold == [one.id, two.id]
        await uow.incident_tickets.digest(untold, digest=7)
        assert await uow.incident_tickets.untold(incident.id, limit=10) == []
        assert await uow.incident_tickets.of_digest(incident.id, 7, limit=1) == ([one], 2)


async def test_a_ticket_without_a_card_gets_one_or_leaves(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        incident = await begun(uow, ticket)
        await uow.incident_tickets.join(incident.id, ticket.id, has_card=False, now=NOW)
        assert await uow.incident_tickets.has_no_card(ticket.id)
        assert await uow.incident_tickets.give_card(ticket.id)
        assert not await uow.incident_tickets.give_card(ticket.id)
        assert not await uow.incident_tickets.has_no_card(ticket.id)
        assert await uow.incident_tickets.leave(ticket.id)
        assert not await uow.incident_tickets.leave(ticket.id)


async def test_its_tickets_are_counted(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        old = await open_ticket(uow, "t1", tier="gold")
        new = await open_ticket(uow, "t2", queue="tech")
        incident = await begun(uow, old)
        await uow.incident_tickets.join(incident.id, old.id, has_card=True, now=NOW - timedelta(hours=1))
        await uow.incident_tickets.join(incident.id, new.id, has_card=False, now=NOW)
        await uow.incident_tickets.add_follow_up(new.id)
        await uow.tickets.resolve(old.id, agent_id=ANA, now=NOW)
        counts = await uow.incident_tickets.counts(incident.id, now=NOW)
        open_ones = await uow.incident_tickets.open_tickets(incident.id, after=0, limit=5)
    assert (counts.tickets, counts.open, counts.recent, counts.follow_ups) == (2, 1, 1, 1)
    assert counts.tiers == {"gold": 1, "standard": 1}
    assert counts.queues == {"billing": 1, "tech": 1}
    assert (counts.first_at, counts.newest_ticket_id) == (NOW - timedelta(hours=1), new.id)
    assert [ticket.id for ticket in open_ones] == [new.id]


async def test_who_resolves_it_waits_for_a_ticket_that_joins(storage: Storage) -> None:
    first, late = await stored_ticket(storage, "t1"), await stored_ticket(storage, "t2")
    async with storage.unit_of_work() as uow:
        incident = await begun(uow, first)
        await uow.commit()

    async def resolve() -> list[int]:
        async with storage.unit_of_work() as uow:
            await uow.incidents.resolve(incident.id, agent_id=ANA, now=NOW)
            found = await uow.incident_tickets.open_tickets(incident.id, after=0, limit=9)
            await uow.commit()
        return [ticket.id for ticket in found]

    async with storage.unit_of_work() as uow:
        assert await uow.incidents.gathering(tenant="acme", intent="malfunction", locks=True)
        resolving = asyncio.create_task(resolve())
        await asyncio.wait([resolving], timeout=0.2)
        await uow.incident_tickets.join(incident.id, late.id, has_card=False, now=NOW)
        await uow.commit()
    assert await resolving == [late.id]
