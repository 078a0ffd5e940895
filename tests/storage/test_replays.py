from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from routing.decision import Priority
from routing.email import Address
from storage.errors import NotFoundError
from storage.replays import ReplayMove, ReplayState
from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage, UnitOfWork


async def add(uow: UnitOfWork) -> int:
    return await uow.replays.add(
        requested_by="U1", channel="C1", options={"queue": None}, candidate="{}", now=NOW
    )


async def open_ticket(uow: UnitOfWork) -> int:
    ticket = await uow.tickets.open(
        tenant="acme",
        trace_id="trace-1",
        queue="billing",
        subject="Refund",
        requester=Address(email="maria@customer.example"),
        tier="standard",
        priority=Priority.NORMAL,
        now=NOW,
        response_due_at=None,
    )
    return ticket.id


async def test_a_replay_is_kept_with_all_that_was_wished(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        replay_id = await add(uow)
        await uow.replays.place(replay_id, channel="C2", ts="1.2")
        await uow.commit()
    async with storage.reading() as uow:
        replay = await uow.replays.get(replay_id)
        with pytest.raises(NotFoundError):
            await uow.replays.get(replay_id + 1)
    assert (replay.requested_by, replay.requested_at) == ("U1", NOW)
    assert (replay.channel, replay.ts, replay.options) == ("C2", "1.2", {"queue": None})
    assert (replay.state, replay.candidate, replay.report) == (ReplayState.RUNNING, "{}", None)


async def test_of_two_who_take_a_step_at_once_one_wins(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        replay_id = await add(uow)
        await uow.commit()

    async def finish() -> bool:
        async with storage.unit_of_work() as uow:
            is_first = await uow.replays.step(
                replay_id, expected=ReplayState.RUNNING, to=ReplayState.DONE, report="{}"
            )
            await uow.commit()
        return is_first

    assert sorted(await asyncio.gather(finish(), finish())) == [False, True]


async def test_a_move_is_written_down_once_and_counts_as_restored_where_it_is_back(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        replay_id, ticket_id = await add(uow), await open_ticket(uow)
        move = ReplayMove(ticket_id=ticket_id, from_queue="billing", to_queue="tech")
        for _ in range(2):
            await uow.replays.add_move(replay_id, move)
        assert await uow.replays.moves(replay_id) == [move]
        way = {"from_queue": "billing", "to_queue": "tech", "moves_card": True}
        assert await uow.tickets.move_unclaimed(ticket_id, **way)
        assert not await uow.tickets.move_unclaimed(ticket_id, **way), "it is not in Billing any more"
        assert await uow.replays.restored(replay_id) == 0
        back = {"from_queue": "tech", "to_queue": "billing", "moves_card": False}
        assert await uow.tickets.move_unclaimed(ticket_id, **back)
        assert await uow.replays.restored(replay_id) == 1
        assert await uow.tickets.claim(ticket_id, agent_id="U1", now=NOW)
        assert not await uow.tickets.move_unclaimed(ticket_id, **way), "it is claimed"


async def test_the_last_draft_of_a_person_is_kept(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.rule_drafts.keep("U1", "- id: a", now=NOW)
        await uow.rule_drafts.keep("U1", "- id: b", now=NOW + SECOND)
        await uow.commit()
    async with storage.reading() as uow:
        assert await uow.rule_drafts.get("U1") == "- id: b"
        assert await uow.rule_drafts.get("U2") is None
