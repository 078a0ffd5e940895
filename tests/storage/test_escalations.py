"""Escalations change only from what was read; their steps, messages, responders and turns are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError

from routing import escalation as machine
from routing.decision import Priority
from routing.escalation import EscalationState, Responder, StepRun, Trigger
from routing.escalation_policy import EscalationPolicy, OnlyIf, Step, Storm
from storage.errors import NotFoundError
from storage.pages import PageRole, StoredPage
from tests.storage.samples import NOW, SECOND, open_ticket

if TYPE_CHECKING:
    from routing.escalation import Escalation
    from storage.unit_of_work import Storage, UnitOfWork

ANA, BO, KIM = "U0ANA", "U0BO", "U0ONCALL"
MINUTE = timedelta(minutes=1)
POLICY = EscalationPolicy(
    steps=(
        Step(notify=("on_call", "#tech"), only_if=OnlyIf(tickets=Storm(more_than=3, within=10 * MINUTE))),
        Step(wait=90 * SECOND),
        Step(repeat=2),
    )
)


async def start(uow: UnitOfWork, ticket_id: int, reason: str = "The shop is down") -> Escalation:
    return await uow.escalations.start(
        ticket_id=ticket_id,
        trigger=Trigger.PRESSED,
        reason=reason,
        urgency=Priority.URGENT,
        target=KIM,
        started_by=ANA,
        policy=POLICY,
        now=NOW,
    )


async def end(uow: UnitOfWork, escalation: Escalation) -> Escalation:
    after = machine.ended(escalation, because="resolved", by=ANA, now=NOW)
    assert await uow.escalations.change(escalation, after)
    return after


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
    assert (escalation.state, escalation.next_at) == (EscalationState.RUNNING, NOW)
    assert escalation.policy == POLICY


@pytest.mark.parametrize(
    "change",
    [
        lambda it: machine.acknowledged(it, by=BO, now=NOW + SECOND),
        lambda it: machine.snoozed(it, by=BO, until=NOW + MINUTE),
        lambda it: machine.ended(it, because="resolved", by=BO, now=NOW + SECOND),
        lambda it: machine.stepped(it, held=True, reached=False, now=NOW),
        lambda it: machine.handed_over(replace(it, target=BO, urgency=Priority.HIGH), now=NOW),
        lambda it: machine.asked(machine.acknowledged(it, by=BO, now=NOW), now=NOW + MINUTE),
    ],
)
async def test_a_change_is_kept_whole(storage: Storage, change: Any) -> None:
    async with storage.unit_of_work() as uow:
        before = await start(uow, (await open_ticket(uow)).id)
        after = change(before)
        assert await uow.escalations.change(before, after)
        assert await uow.escalations.get(before.id) == after


async def test_of_two_changes_of_the_same_state_one_wins(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        before = await start(uow, (await open_ticket(uow)).id)
        await uow.commit()

    async def acknowledge(agent_id: str) -> bool:
        async with storage.unit_of_work() as uow:
            after = machine.acknowledged(before, by=agent_id, now=NOW + SECOND)
            won = await uow.escalations.change(before, after)
            await uow.commit()
        return won

    won = dict(zip((ANA, KIM), await asyncio.gather(acknowledge(ANA), acknowledge(KIM)), strict=True))
    (winner,) = [agent_id for agent_id, has_won in won.items() if has_won]
    async with storage.reading() as uow:
        acknowledged = await uow.escalations.get(before.id)
    assert (acknowledged.acknowledged_by, acknowledged.acknowledged_at) == (winner, NOW + SECOND)


async def test_a_ticket_has_one_open_escalation(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        ticket, quiet = await open_ticket(uow, "trace-1"), await open_ticket(uow, "trace-2")
        first = await start(uow, ticket.id, "first")
        assert await uow.escalations.open_of(ticket.id) == first
        first = await end(uow, first)
        assert await uow.escalations.open_of(ticket.id) is None
        assert await uow.escalations.latest(ticket.id) == first
        second = await start(uow, ticket.id, "second")
        assert await uow.escalations.latest(ticket.id) == second
        assert await uow.escalations.latest(quiet.id) is None
        assert await uow.escalations.all_open(limit=10) == [second]
        with pytest.raises(IntegrityError):
            await start(uow, ticket.id, "third")


async def test_the_open_escalation_of_a_merged_ticket_is_one_of_the_whole(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        part, whole = await open_ticket(uow, "trace-1"), await open_ticket(uow, "trace-2")
        escalation = await start(uow, part.id)
        await uow.relations.merge(part.id, into_id=whole.id, agent_id=ANA, now=NOW)
        assert await uow.escalations.open_of(whole.id) == escalation


async def test_an_unknown_escalation_is_not_found(storage: Storage) -> None:
    async with storage.reading() as uow:
        with pytest.raises(NotFoundError, match="there is no escalation 7"):
            await uow.escalations.get(7)


async def test_whoever_is_asked_by_hand_is_kept_with_who_asked_last(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        for person, asked_by, is_in_charge, seconds in (
            (BO, ANA, False, 0),
            (KIM, ANA, True, 1),
            (BO, KIM, True, 2),
        ):
            await uow.escalations.ask(
                escalation.id,
                person=person,
                asked_by=asked_by,
                is_in_charge=is_in_charge,
                now=NOW + seconds * SECOND,
            )
        assert await uow.escalations.responders(escalation.id) == [
            Responder(person=KIM, asked_by=ANA, asked_at=NOW + SECOND, is_in_charge=True),
            Responder(person=BO, asked_by=KIM, asked_at=NOW + 2 * SECOND, is_in_charge=True),
        ]


def step_run(position: int = 0, **changes: Any) -> StepRun:
    values: dict[str, Any] = {
        "lap": 1,
        "position": position,
        "action": "notify",
        "due_at": NOW,
        "ran_at": NOW + SECOND,
        "is_late": False,
        "outcome": "calls U0BO, S0ONCALL",
        "called": (BO, "S0ONCALL"),
        "calls": 2,
    }
    return StepRun(**values | changes)


async def test_the_steps_that_ran_come_out_in_their_order(storage: Storage) -> None:
    runs = [step_run(0), step_run(1, action="wait", called=(), calls=0), step_run(0, lap=2, is_late=True)]
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        for run in runs:
            await uow.escalation_steps.add(escalation.id, run)
        assert await uow.escalation_steps.of(escalation.id) == runs
        assert await uow.escalation_steps.of(escalation.id, limit=1) == runs[-1:]


async def test_no_step_of_a_round_is_written_twice(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        await uow.escalation_steps.add(escalation.id, step_run())
        with pytest.raises(IntegrityError):
            await uow.escalation_steps.add(escalation.id, step_run())


async def test_a_step_has_failed_when_every_one_of_its_calls_has(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        await uow.escalation_steps.add(escalation.id, step_run())
        place = {"lap": 1, "position": 0}
        await uow.escalation_steps.spread(escalation.id, more=1, **place)  # the group has two members
        assert [await uow.escalation_steps.fail(escalation.id, **place) for _ in range(3)] == [
            False,
            False,
            True,
        ]


async def test_every_message_about_an_escalation_is_known_once(storage: Storage) -> None:
    main = StoredPage(channel="C0INCIDENT", ts="1.2", role=PageRole.MAIN)
    copies = [StoredPage(channel="D0KIM", ts=ts, role=PageRole.COPY) for ts in ("1.1", "1.3")]
    async with storage.unit_of_work() as uow:
        escalation = await start(uow, (await open_ticket(uow)).id)
        assert await uow.pages.main(escalation.id) is None
        for page in (copies[0], main, copies[1], copies[1]):
            await uow.pages.add(escalation.id, page)
        assert await uow.pages.of(escalation.id) == [main, *copies]
        assert await uow.pages.main(escalation.id) == main


async def test_turns_go_round_and_whoever_is_new_comes_first(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        people = [ANA, BO]
        turns = [await uow.turns.take("billing", people, now=NOW + n * SECOND) for n in range(3)]
        assert turns == [ANA, BO, ANA]
        assert await uow.turns.take("orders", people, now=NOW) == ANA, "each queue has turns of its own"
        assert await uow.turns.take("billing", [*people, KIM], now=NOW + 3 * SECOND) == KIM
        assert await uow.turns.take("billing", [*people, KIM], now=NOW + 4 * SECOND) == BO
        assert await uow.turns.take("billing", [], now=NOW) is None
