"""Escalations are acknowledged once; their pages are known."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from routing.decision import Priority
from storage.errors import NotFoundError
from tests.storage.samples import NOW, SECOND, open_ticket

if TYPE_CHECKING:
    from routing.ticket import Escalation
    from storage.unit_of_work import Storage, UnitOfWork

ANA, KIM = "U0ANA", "U0ONCALL"


async def start(uow: UnitOfWork, ticket_id: int, reason: str = "The shop is down") -> Escalation:
    return await uow.escalations.start(
        ticket_id=ticket_id, reason=reason, urgency=Priority.URGENT, target=KIM, started_by=ANA, now=NOW
    )


async def test_an_escalation_comes_out_as_it_went_in(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket = await open_ticket(uow)
        escalation = await start(uow, ticket.id)
        assert await uow.escalations.get(escalation.id) == escalation
    assert (escalation.ticket_id, escalation.reason, escalation.urgency) == (
        ticket.id,
        "The shop is down",
        Priority.URGENT,
    )
    assert (escalation.target, escalation.started_by, escalation.started_at) == (KIM, ANA, NOW)
    assert (escalation.acknowledged_by, escalation.acknowledged_at) == (None, None)


async def test_the_latest_escalation_of_a_ticket(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket, quiet = await open_ticket(uow, "trace-1"), await open_ticket(uow, "trace-2")
        await start(uow, ticket.id, "first")
        second = await start(uow, ticket.id, "second")
        assert await uow.escalations.latest(ticket.id) == second
        assert await uow.escalations.latest(quiet.id) is None


async def test_an_unknown_escalation_is_not_found(storage: Storage) -> None:
    async with storage.reading() as uow:
        with pytest.raises(NotFoundError, match="there is no escalation 7"):
            await uow.escalations.get(7)


async def test_of_two_acknowledgements_one_wins(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        await uow.commit()

    async def acknowledge(agent_id: str) -> bool:
        async with storage.unit_of_work() as uow:
            won = await uow.escalations.acknowledge(escalation.id, agent_id=agent_id, now=NOW + SECOND)
            await uow.commit()
        return won

    won = dict(zip((ANA, KIM), await asyncio.gather(acknowledge(ANA), acknowledge(KIM)), strict=True))
    (winner,) = [agent_id for agent_id, has_won in won.items() if has_won]
    async with storage.reading() as uow:
        acknowledged = await uow.escalations.get(escalation.id)
    assert (acknowledged.acknowledged_by, acknowledged.acknowledged_at) == (winner, NOW + SECOND)


async def test_one_page_a_channel_the_newest(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        assert await uow.escalations.pages_of(escalation.id) == []
        await uow.escalations.add_page(escalation.id, channel="D0KIM", ts="1.1")
        await uow.escalations.add_page(escalation.id, channel="C0INCIDENT", ts="1.2")
        await uow.escalations.add_page(escalation.id, channel="D0KIM", ts="1.3")
        assert sorted(await uow.escalations.pages_of(escalation.id)) == [
            ("C0INCIDENT", "1.2"),
            ("D0KIM", "1.3"),
        ]
