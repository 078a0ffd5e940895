"""The worker performs what is due, records what came of it, and lets nothing stop the rest."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.errors import NotReadyError, PermanentError, RateLimitedError, TransientError
from bot.workers.lanes import Pace
from bot.workers.outbox import LEASE
from routing import retry
from tests.acceptance.seen import eventually
from tests.storage.samples import NOW, SECOND, claim

if TYPE_CHECKING:
    from bot.effects import Record
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork
    from tests.bot.workers.workshop import Workshop

REFUSED = "550 no such user"


async def notices(workshop: Workshop) -> list[str]:
    return [
        entry.payload["text"] for entry in await workshop.entries() if entry.kind == "slack.notify_operators"
    ]


async def test_what_is_due_is_performed_and_recorded_in_one_transaction(workshop: Workshop) -> None:
    async def perform(entry: OutboxEntry) -> Record:
        async def record(uow: UnitOfWork) -> None:
            await uow.audit.add("sent", trace_id=entry.trace_id, ticket_id=None, actor="deskbell", now=NOW)

        return record

    workshop.perform("test.record", perform)
    async with workshop.working():
        await workshop.until(await workshop.enqueue("test.record"), "done")
    async with workshop.storage.reading() as uow:
        assert [step.action for step in await uow.audit.for_trace("trace-1")] == ["sent"]


async def test_a_result_that_cannot_be_recorded_leaves_nothing_and_comes_again(workshop: Workshop) -> None:
    async def perform(_entry: OutboxEntry) -> Record:
        async def record(uow: UnitOfWork) -> None:
            await uow.audit.add("sent", trace_id="trace-1", ticket_id=None, actor="deskbell", now=NOW)
            raise ValueError("a bug")

        return record

    workshop.perform("test.record", perform)
    async with workshop.working():
        entry = await workshop.until(await workshop.enqueue("test.record"), "ready")
    assert entry.last_error == "a bug"
    async with workshop.storage.reading() as uow:
        assert await uow.audit.for_trace("trace-1") == []


async def test_a_timer_waits_for_its_time(workshop: Workshop) -> None:
    async with workshop.working():
        timer = await workshop.enqueue(due_at=NOW + timedelta(hours=1))
        await workshop.round()
        assert timer not in workshop.done
        workshop.pass_time(timedelta(hours=1))
        await workshop.until(timer, "done")


async def test_a_failure_is_tried_again_later(workshop: Workshop) -> None:
    workshop.perform("test.fail", workshop.failing(TransientError("451 busy"), TransientError("451 busy")))
    async with workshop.working():
        entry_id = await workshop.enqueue("test.fail")
        first = await workshop.until(entry_id, "ready", attempts=1)
        assert NOW + SECOND <= first.due_at <= NOW + 2 * SECOND
        assert first.last_error == "451 busy"
        workshop.pass_time(2 * SECOND)
        second = await workshop.until(entry_id, "ready", attempts=2)
        assert second.due_at - workshop.now > SECOND
        workshop.pass_time(4 * SECOND)
        assert (await workshop.until(entry_id, "done", attempts=3)).last_error is None


async def test_a_permanent_failure_is_a_dead_letter_at_once_and_operators_hear_of_it(
    workshop: Workshop,
) -> None:
    workshop.perform("test.fail", workshop.failing(PermanentError(REFUSED)))
    async with workshop.working():
        dead = await workshop.until(await workshop.enqueue("test.fail"), "dead")
        assert dead.last_error == REFUSED
        (notice,) = [entry for entry in await workshop.entries() if entry.kind == "slack.notify_operators"]
        assert notice.lane == f"slack.post:{workshop.services.config.desk.operators_channel}"
        assert notice.payload["text"].startswith(f"Could not deliver test.fail to smtp: {REFUSED}. ")
        await workshop.until(notice.id, "done")


async def test_operators_hear_of_each_death_of_an_entry(workshop: Workshop) -> None:
    workshop.perform("test.fail", workshop.failing(PermanentError(REFUSED), PermanentError(REFUSED)))
    async with workshop.working():
        entry_id = await workshop.enqueue("test.fail")
        await workshop.until(entry_id, "dead")
        async with workshop.storage.unit_of_work() as uow:
            await uow.outbox.redrive(entry_id, now=NOW)
            await uow.commit()
        await workshop.until(entry_id, "dead", attempts=2)
    assert len(await notices(workshop)) == 2


async def test_a_notice_that_cannot_be_delivered_makes_no_further_notice(workshop: Workshop) -> None:
    workshop.perform("slack.notify_operators", workshop.failing(PermanentError("channel_not_found")))
    async with workshop.working():
        await workshop.until(await workshop.enqueue("slack.notify_operators", payload={"text": ""}), "dead")
    assert len(await notices(workshop)) == 1


async def test_an_entry_that_fails_too_often_is_given_up(workshop: Workshop) -> None:
    workshop.perform("test.fail", workshop.failing(*[NotReadyError("no card yet")] * retry.MAX_ATTEMPTS))
    async with workshop.working() as worker:
        entry_id = await workshop.enqueue("test.fail")
        for attempt in range(1, retry.MAX_ATTEMPTS):
            await workshop.until(entry_id, "ready", attempts=attempt)
            workshop.pass_time(timedelta(hours=1))
        await workshop.until(entry_id, "dead", attempts=retry.MAX_ATTEMPTS)
        assert worker.lanes.suspects() == [], "an entry that is not ready says nothing about its destination"


async def test_an_entry_that_ends_its_workers_is_given_up_unperformed(workshop: Workshop) -> None:
    entry_id = await workshop.enqueue()
    for _ in range(retry.MAX_ATTEMPTS):
        assert await claim(workshop.storage, now=workshop.now)
        workshop.now += LEASE
        async with workshop.storage.unit_of_work() as uow:
            await uow.outbox.reap(workshop.now)
            await uow.commit()
    async with workshop.working():
        dead = await workshop.until(entry_id, "dead", attempts=retry.MAX_ATTEMPTS + 1)
    assert dead.last_error == "its worker was lost at every attempt"
    assert entry_id not in workshop.done


async def test_a_rate_limit_pauses_its_lane_alone_and_counts_no_attempt(workshop: Workshop) -> None:
    workshop.perform("test.limited", workshop.failing(RateLimitedError(30 * SECOND)))
    async with workshop.working():
        limited = await workshop.enqueue("test.limited", lane="slack.post:C0BILLING")
        postponed = await workshop.when(limited, lambda entry: entry.last_error == "asked to wait 30 s")
        assert (postponed.state, postponed.attempts) == ("ready", 0)
        assert postponed.due_at == NOW + 30 * SECOND
        behind = await workshop.enqueue(lane="slack.post:C0BILLING")
        elsewhere = await workshop.enqueue(lane="slack.post:C0TECH")
        await workshop.until(elsewhere, "done")
        await workshop.round()
        assert behind not in workshop.done
        workshop.pass_time(30 * SECOND)
        await workshop.until(limited, "done")
        await workshop.until(behind, "done")


@pytest.mark.parametrize("lane", ["smtp", "lane.of.tomorrow"])
async def test_an_entry_of_a_newer_version_does_not_stop_the_others(workshop: Workshop, lane: str) -> None:
    unknown = await workshop.enqueue("kind.of.tomorrow", lane=lane)
    async with workshop.working():
        await workshop.until(await workshop.enqueue(), "done")
        await workshop.until(unknown, "ready")


async def test_a_bug_in_one_effect_does_not_stop_the_others(workshop: Workshop) -> None:
    workshop.perform("test.fail", workshop.failing(ZeroDivisionError()))
    broken = await workshop.enqueue("test.fail")
    async with workshop.working():
        await workshop.until(await workshop.enqueue(), "done")
        assert (await workshop.until(broken, "ready")).last_error == "ZeroDivisionError"


async def test_a_lane_that_hangs_does_not_delay_another(workshop: Workshop) -> None:
    gate = workshop.gate("test.hang")
    for _ in range(10):
        await workshop.enqueue("test.hang")
    async with workshop.working({"smtp": Pace(concurrency=2), "triage": Pace(concurrency=1)}):
        await gate.entered()
        await workshop.until(await workshop.enqueue(lane="triage"), "done")
        assert gate.inside == 2


async def test_a_lane_that_keeps_failing_is_paused_and_then_probed_with_one(workshop: Workshop) -> None:
    gate = workshop.gate("test.hang")
    workshop.perform("test.fail", workshop.failing(*[TransientError("451 busy")] * 5))
    async with workshop.working({"smtp": Pace(concurrency=5), "slack.read": Pace(concurrency=1)}) as worker:
        failed = [await workshop.enqueue("test.fail") for _ in range(5)]
        for entry_id in failed:
            await workshop.until(entry_id, "ready")
        assert worker.lanes.suspects() == ["smtp"]
        waiting = [await workshop.enqueue("test.hang", due_at=NOW - SECOND) for _ in range(3)]
        await workshop.round()
        assert gate.inside == 0
        workshop.pass_time(5 * SECOND)
        await gate.entered()
        await workshop.round()
        assert gate.inside == 1
        gate.open()
        for entry_id in waiting:
            await workshop.until(entry_id, "done")
        assert worker.lanes.suspects() == []


async def test_the_operators_hear_once_that_a_lane_is_paused_and_once_that_it_goes_on(
    workshop: Workshop,
) -> None:
    workshop.perform("test.fail", workshop.failing(*[TransientError("451 busy")] * 7))
    async with workshop.working({"smtp": Pace(concurrency=1)}) as worker:
        for _ in range(7):
            failing = await workshop.enqueue("test.fail")
            workshop.pass_time(timedelta(seconds=40))
            await workshop.round()
        workshop.pass_time(timedelta(minutes=10))
        await workshop.until(failing, "done")
        assert worker.lanes.suspects() == []
    async with workshop.storage.reading() as uow:
        entries = await uow.outbox.for_trace("trace-1")
    told = [entry.payload["text"] for entry in entries if entry.kind == "slack.notify_operators"]
    assert [text.split(":")[0].split(";")[0] for text in told] == [
        "smtp does not answer",
        "smtp answers again",
    ]


async def test_a_stop_finishes_what_runs_and_starts_nothing_new(workshop: Workshop) -> None:
    gate = workshop.gate("test.hang")
    async with workshop.working() as worker:
        running = await workshop.enqueue("test.hang", lane="triage")
        await gate.entered()
        worker.stop()
        late = await workshop.enqueue()
        gate.open()
    assert (await workshop.entry(running)).state == "done"
    assert (await workshop.entry(late)).state == "ready"


@pytest.mark.parametrize(
    ("lessee", "is_taken_over"),
    [
        (f"{socket.gethostname()}:{os.getpid()}:0000", True),
        (f"{socket.gethostname()}:{2**22 + 1}:0000", True),
        (f"{socket.gethostname()}:{os.getppid()}:0000", False),
        ("another-machine:1:0000", False),
        ("of an older version", False),
    ],
    ids=[
        "an earlier process of the same id",
        "a process that is gone",
        "a living one",
        "elsewhere",
        "unknown",
    ],
)
async def test_what_a_dead_process_of_this_machine_held_is_taken_over_at_once(
    workshop: Workshop, lessee: str, *, is_taken_over: bool
) -> None:
    left = await workshop.enqueue()
    await claim(workshop.storage, worker=lessee)
    async with workshop.working():
        await workshop.round()
        if is_taken_over:
            await workshop.until(left, "done", attempts=2)
        assert (left in workshop.done) == is_taken_over


async def test_what_another_machine_held_is_taken_over_when_its_lease_ends(workshop: Workshop) -> None:
    left = await workshop.enqueue()
    await claim(workshop.storage, worker="another-machine:1:0000")
    async with workshop.working():
        workshop.pass_time(LEASE)
        await workshop.until(left, "done", attempts=2)


async def test_an_effect_that_outlasts_its_lease_records_nothing_and_comes_again(workshop: Workshop) -> None:
    async def outlast(entry: OutboxEntry) -> Record:
        if entry.attempts == 1:
            workshop.pass_time(LEASE)
        return await workshop.do(entry)

    workshop.perform("test.slow", outlast)
    async with workshop.working():
        slow = await workshop.enqueue("test.slow")
        await workshop.until(slow, "done", attempts=2)
    assert workshop.done == [slow, slow]


async def test_a_round_that_fails_keeps_no_lane_busy(workshop: Workshop) -> None:
    first = await workshop.enqueue(lane="smtp")
    second = await workshop.enqueue(lane="triage")
    await execute(
        workshop,
        "CREATE TRIGGER fault BEFORE UPDATE ON outbox WHEN NEW.lane = 'triage'"
        " BEGIN SELECT RAISE(ABORT, 'fault'); END",
    )
    with capture_logs() as logs:
        async with workshop.working({"smtp": Pace(concurrency=1), "triage": Pace(concurrency=1)}):
            await eventually(lambda: "outbox_round_failed" in [record["event"] for record in logs])
            await execute(workshop, "DROP TRIGGER fault")
            workshop.pass_time(SECOND)
            await workshop.until(first, "done")
            await workshop.until(second, "done")


async def execute(workshop: Workshop, statement: str) -> None:
    async with workshop.storage.database.connection() as connection:
        await connection.exec_driver_sql(statement)
        await connection.commit()
