from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from routing.business_hours import BusinessHours
from routing.sla_clock import Clock, Outcome, Pause
from routing.sla_policy import Metric
from tests.storage.samples import NOW, stored_ticket

if TYPE_CHECKING:
    from storage.unit_of_work import Storage

HOUR = timedelta(hours=1)
CLOCK = Clock(
    metric=Metric.RESOLUTION,
    number=1,
    started_at=NOW,
    target=4 * HOUR,
    hours=BusinessHours.model_validate({"zone": "Europe/Berlin", "holidays": "DE-BE"}),
    warn_at=0.8,
    pauses=(Pause(NOW + HOUR, NOW + 2 * HOUR), Pause(NOW + 3 * HOUR, None)),
)


async def put(storage: Storage, ticket_id: int, *clocks: Clock) -> None:
    async with storage.unit_of_work() as uow:
        for clock in clocks:
            await uow.sla_clocks.put(ticket_id, clock)
        await uow.commit()


async def test_a_clock_comes_back_as_it_was(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    ended = replace(
        CLOCK,
        metric=Metric.FIRST_RESPONSE,
        hours=None,
        pauses=(),
        ended_at=NOW + 5 * HOUR,
        outcome=Outcome.MET,
        due_at=NOW + 4 * HOUR,
        warned_at=NOW + 3 * HOUR,
        breached_at=NOW + 4 * HOUR,
    )
    await put(storage, ticket.id, CLOCK, ended)
    async with storage.reading() as uow:
        assert await uow.sla_clocks.of_ticket(ticket.id) == [ended, CLOCK]
        assert await uow.sla_clocks.of_ticket(ticket.id + 1) == []


async def test_a_clock_is_put_in_place_of_what_it_was(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    later = replace(CLOCK, pauses=(), due_at=NOW + 4 * HOUR)
    await put(storage, ticket.id, CLOCK, later)
    async with storage.unit_of_work() as uow:
        assert await uow.sla_clocks.of_ticket(ticket.id) == [later]
        await uow.sla_clocks.remove(ticket.id, later)
        assert await uow.sla_clocks.of_ticket(ticket.id) == []
