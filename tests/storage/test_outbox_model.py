"""Whatever happens in whatever order: no entry is lost, none is done twice, each key keeps its order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from storage.engine import Database
from storage.errors import LeaseLostError
from storage.outbox import Outbox
from storage.schema import metadata
from tests.storage.samples import LEASE, NOW, SECOND

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.outbox import OutboxEntry

LANE = "smtp"
KEYS = st.sampled_from(["ticket:1", None])
WORKERS = st.sampled_from(["worker-1", "worker-2"])
DELAYS = st.sampled_from([timedelta(0), SECOND, LEASE / 2])


@dataclass
class Expected:
    """One entry as it should be."""

    id: int
    key: str | None
    due_at: datetime
    state: str = "ready"
    attempts: int = 0
    leased_by: str | None = None
    leased_until: datetime = NOW

    def is_held_as(self, entry: OutboxEntry, now: datetime) -> bool:
        lease = (self.id, self.leased_by, self.attempts)
        return (
            self.state == "leased"
            and lease == (entry.id, entry.leased_by, entry.attempts)
            and self.leased_until > now
        )


class OutboxMachine(RuleBasedStateMachine):
    """The outbox beside a model of it in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.entries: dict[int, Expected] = {}
        self.claimed: list[OutboxEntry] = []
        """Everything that was ever claimed: a late worker may come back with what it has lost by now."""
        self.database = Database("sqlite+aiosqlite:///:memory:")
        self.runner = asyncio.Runner()
        self.connection = self.runner.run(self._connect())
        self.outbox = Outbox(self.connection)

    async def _connect(self) -> AsyncConnection:
        connection = await self.database.engine.connect()
        await connection.run_sync(metadata.create_all)
        return connection

    def teardown(self) -> None:
        """Let time pass until nothing waits: all that went in came out."""
        while any(entry.state in {"ready", "leased"} for entry in self.entries.values()):
            self.now += LEASE
            self.reap()
            already = len(self.claimed)
            self.claim(50, "worker-1")
            for entry in self.claimed[already:]:
                self._settle(entry, "done", self.outbox.finish(entry, self.now))
        self.runner.run(self.connection.close())
        self.runner.run(self.database.close())
        self.runner.close()

    @rule(key=KEYS, delay=DELAYS)
    def enqueue(self, key: str | None, delay: timedelta) -> None:
        due_at = self.now + delay
        entry_id = self.runner.run(
            self.outbox.enqueue(
                "email.reply",
                lane=LANE,
                payload={},
                trace_id="trace-1",
                now=self.now,
                due_at=due_at,
                ordering_key=key,
            )
        )
        self.entries[entry_id] = Expected(id=entry_id, key=key, due_at=due_at)

    @rule(limit=st.integers(1, 3), worker=WORKERS)
    def claim(self, limit: int, worker: str) -> None:
        ready = [entry for entry in self.entries.values() if self._may_start(entry)]
        expected = sorted(ready, key=lambda entry: (entry.due_at, entry.id))[:limit]
        claimed = self.runner.run(
            self.outbox.claim(LANE, limit=limit, worker=worker, now=self.now, lease=LEASE)
        )
        assert [entry.id for entry in claimed] == [entry.id for entry in expected]
        self.claimed += claimed
        for entry in expected:
            entry.state, entry.leased_by, entry.leased_until = "leased", worker, self.now + LEASE
            entry.attempts += 1

    def _may_start(self, entry: Expected) -> bool:
        same_key = [other for other in self.entries.values() if entry.key and other.key == entry.key]
        is_next = not any(
            other.state == "leased" or (other.state == "ready" and other.id < entry.id) for other in same_key
        )
        return entry.state == "ready" and entry.due_at <= self.now and is_next

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.claimed[-3:]))
        self._settle(entry, "done", self.outbox.finish(entry, self.now))

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def bury(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.claimed[-3:]))
        self._settle(entry, "dead", self.outbox.bury(entry, now=self.now, error="refused"))

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), delay=DELAYS, counts=st.booleans())
    def postpone(self, data: st.DataObject, delay: timedelta, counts: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        entry, due_at = data.draw(st.sampled_from(self.claimed[-3:])), self.now + delay
        is_settled = self._settle(
            entry,
            "ready",
            self.outbox.postpone(entry, now=self.now, due_at=due_at, error="busy", counts=counts),
        )
        if is_settled:
            self.entries[entry.id].due_at = due_at
            self.entries[entry.id].attempts -= not counts

    def _settle(self, entry: OutboxEntry, state: str, work: Coroutine[Any, Any, None]) -> bool:
        """Settle what was claimed once: it works for the holder of the lease and for nobody else."""
        expected = self.entries[entry.id]
        if not expected.is_held_as(entry, self.now):
            with pytest.raises(LeaseLostError):
                self.runner.run(work)
            return False
        self.runner.run(work)
        expected.state = state
        return True

    @rule(passed=DELAYS)
    def let_time_pass(self, passed: timedelta) -> None:
        self.now += passed

    @rule()
    def reap(self) -> None:
        lost = [
            entry
            for entry in self.entries.values()
            if entry.state == "leased" and entry.leased_until <= self.now
        ]
        assert self.runner.run(self.outbox.reap(self.now)) == len(lost)
        for entry in lost:
            entry.state = "ready"

    @rule(worker=WORKERS)
    def crash(self, worker: str) -> None:
        self.runner.run(self.outbox.free(worker))
        for entry in self.entries.values():
            if entry.state == "leased" and entry.leased_by == worker:
                entry.state = "ready"

    @precondition(lambda self: any(entry.state == "dead" for entry in self.entries.values()))
    @rule(data=st.data())
    def redrive(self, data: st.DataObject) -> None:
        dead = [entry for entry in self.entries.values() if entry.state == "dead"]
        entry = data.draw(st.sampled_from(dead))
        assert self.runner.run(self.outbox.redrive(entry.id, now=self.now)) == "trace-1"
        entry.state, entry.due_at, entry.attempts = "ready", self.now, 0

    @rule()
    def look_for_work(self) -> None:
        ready = [entry for entry in self.entries.values() if entry.state == "ready"]
        due = [LANE] if any(entry.due_at <= self.now for entry in ready) else []
        assert self.runner.run(self.outbox.due_lanes(self.now)) == due
        times = [entry.due_at for entry in ready if entry.due_at > self.now]
        times += [entry.leased_until for entry in self.entries.values() if entry.state == "leased"]
        assert self.runner.run(self.outbox.next_due_at(self.now)) == min(times, default=None)

    @invariant()
    def each_entry_is_where_it_should_be_and_one_of_a_key_runs(self) -> None:
        stored = self.runner.run(self.outbox.for_trace("trace-1"))
        assert {entry.id: (entry.state, entry.attempts) for entry in stored} == {
            entry.id: (entry.state, entry.attempts) for entry in self.entries.values()
        }
        running = [entry.ordering_key for entry in stored if entry.state == "leased" and entry.ordering_key]
        assert len(set(running)) == len(running)


OutboxMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a failure is short enough as it is; to shrink it takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
TestOutbox = OutboxMachine.TestCase
