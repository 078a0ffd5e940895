"""Whatever happens in whatever order: the stored clocks are those of the audit trail, and none runs out in silence."""

from __future__ import annotations

import asyncio
import json
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from bot.desk import sla_effects
from bot.effects import Kind
from routing import sla_policy, sla_trail
from routing.sla_policy import Metric
from routing.ticket import TicketState
from storage.schema import outbox
from tests.bot.sla.clockwork import Clockwork, tolerated
from tests.storage.databases import SqliteDatabases
from tests.storage.samples import NOW

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from routing.sla_clock import Clock

FIRST = 1001
SUBJECTS = st.sampled_from(["Refund, please", "Where is my parcel?", "There is an error"])
QUEUES = st.sampled_from(["billing", "orders", "tech", "abuse", "triage"])
TIMES = st.sampled_from([timedelta(0), timedelta(minutes=7), timedelta(hours=3), timedelta(days=2)])
# The Friday before the clocks go forward in Berlin.
START = NOW + timedelta(days=25, hours=5)


class ClockMachine(RuleBasedStateMachine):
    """A desk at which everything happens."""

    databases: SqliteDatabases

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.desk = Clockwork(self.databases.migrated(), now=START)
        self.runner.run(self.desk.start())
        self.mails = 0
        self.tickets: list[int] = []

    def teardown(self) -> None:
        self.runner.run(self.desk.stop())
        self.runner.close()

    def do(self, deed: Coroutine[Any, Any, Any]) -> None:
        with tolerated():
            self.runner.run(deed)

    @rule(subject=SUBJECTS, is_robot=st.sampled_from([False, False, True]))
    def write(self, subject: str, is_robot: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        self.mails = self.runner.run(self.desk.write(subject, is_robot=is_robot))

    @precondition(lambda self: self.mails)
    @rule(data=st.data(), is_robot=st.sampled_from([False, False, True]))
    def write_again(self, data: st.DataObject, is_robot: bool) -> None:  # noqa: FBT001 - as above
        answers = data.draw(st.integers(1, self.mails))
        self.mails = self.runner.run(self.desk.write("And now?", answers=answers, is_robot=is_robot))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), deed=st.sampled_from(["reply", "reply", "resolve", "reopen", "split"]))
    def press(self, data: st.DataObject, deed: str) -> None:
        self.do(getattr(self.desk, deed)(data.draw(st.sampled_from(self.tickets))))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), queue=QUEUES)
    def move(self, data: st.DataObject, queue: str) -> None:
        self.do(self.desk.move(data.draw(st.sampled_from(self.tickets)), queue))

    @precondition(lambda self: len(self.tickets) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        one, other = (data.draw(st.sampled_from(self.tickets)) for _ in range(2))
        self.do(self.desk.merge(one, other))

    @rule(time=TIMES, works=st.booleans())
    def pass_time(self, time: timedelta, works: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        self.runner.run(self.desk.pass_time(time, works=works))

    @rule()
    def work(self) -> None:
        self.runner.run(self.desk.work())

    @invariant()
    def all_is_well(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        self.tickets = await self._ids()
        for ticket_id in self.tickets:
            stored = await self.desk.clocks(ticket_id)
            told = sla_trail.read(await self.desk.trail(ticket_id)).clocks
            assert sorted(stored, key=_name) == sorted(told, key=_name)
            for clock in stored:
                self._is_sound(clock, stored)
                await self._rings(ticket_id, clock)
            await self._fits(ticket_id, stored)

    async def _ids(self) -> list[int]:
        async with self.desk.storage.reading() as uow:
            count = await uow.tickets.count_of("maria@customer.example", tenant="acme", since=START)
        return list(range(FIRST, FIRST + count))

    def _is_sound(self, clock: Clock, others: list[Clock]) -> None:
        same = [one for one in others if one.metric is clock.metric]
        assert sum(one.ended_at is None for one in same) <= 1, "one of a kind goes at a time"
        assert max(one.number for one in same) >= len(same)
        spans = [moment for pause in clock.pauses for moment in pause if moment is not None]
        assert spans == sorted(spans)
        assert not spans or (clock.started_at <= spans[0] and spans[-1] <= self.desk.now)
        assert clock.metric is Metric.RESOLUTION or not clock.pauses
        if clock.due_at is not None and not clock.pauses:
            assert clock.due_at == sla_policy.add(clock.hours, clock.started_at, clock.target)
        if clock.due_at is not None and clock.due_at <= self.desk.now and clock.ended_at is None:
            assert clock.used(self.desk.now) >= clock.target
        if clock.breached_at:
            assert clock.breached_at == clock.due_at
        if clock.ended_at and clock.breached_at:
            assert clock.ended_at > clock.breached_at

    async def _rings(self, ticket_id: int, clock: Clock) -> None:
        """A clock that runs has a timer for when its time is used up, or that one has rung."""
        if not clock.is_running or clock.breached_at or clock.due_at is None:
            return
        async with self.desk.storage.database.connection(read_only=True) as connection:
            rows = await connection.execute(
                select(outbox.c.payload).where(
                    outbox.c.lane == sla_effects.LANE,
                    outbox.c.state == "ready",
                    outbox.c.kind == Kind.SLA_BREACH,
                    outbox.c.due_at == clock.due_at,
                )
            )
        wanted = {
            "ticket_id": ticket_id,
            "metric": clock.metric.value,
            "number": clock.number,
            "due_at": clock.due_at.isoformat(),
        }
        assert wanted in [json.loads(payload) for payload in rows.scalars()]

    async def _fits(self, ticket_id: int, clocks: list[Clock]) -> None:
        async with self.desk.storage.reading() as uow:
            ticket = await uow.tickets.get(ticket_id)
        if ticket.state is TicketState.RESOLVED:
            assert all(clock.ended_at for clock in clocks), "what is resolved is due no more"
        first = [clock for clock in clocks if clock.metric is Metric.FIRST_RESPONSE]
        assert ticket.response_due_at == (first[-1].due_at if first else None)


def _name(clock: Clock) -> tuple[str, int]:
    return clock.metric, clock.number


def test_the_stored_clocks_are_those_of_the_audit_trail() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ClockMachine.databases = SqliteDatabases(Path(folder))
        machine = ClockMachine.TestCase()
        machine.settings = settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a failure is short enough as it is; to shrink it takes minutes
            suppress_health_check=[HealthCheck.too_slow],
        )
        machine.runTest()
