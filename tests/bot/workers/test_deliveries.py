"""When a hint is acknowledged: after the commit of the work, or at once where there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import TransientError
from bot.integrations.interfaces import Delivery
from bot.workers.deliveries import Deliveries
from bot.workers.lanes import Pace
from storage.hints import Hint
from storage.wakeup import Wakeup

if TYPE_CHECKING:
    from tests.bot.workers.workshop import Workshop

ONE_AT_A_TIME = {"test": Pace(concurrency=1), "slack.read": Pace(concurrency=2)}


def delivery(entry_id: int, lane: str = "test", receipt: str = "") -> Delivery:
    return Delivery(Hint(entry_id, lane, None), receipt)


def acknowledged(deliveries: Deliveries) -> list[int]:
    settled = deliveries.settled
    return [settled.get_nowait().hint.entry_id for _ in range(settled.qsize())]


def no_lane_is_full(_lane: str) -> bool:
    return False


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries(Wakeup())


async def test_a_hint_wakes_the_worker_for_its_lane() -> None:
    wakeup = Wakeup()
    Deliveries(wakeup).arrived(delivery(1, "triage"))
    assert await wakeup.wait(3600) == {"triage"}


def test_what_runs_here_is_acknowledged_when_it_has_ended(deliveries: Deliveries) -> None:
    deliveries.arrived(delivery(1))
    seen = deliveries.waiting()
    deliveries.started([1])
    deliveries.looked(seen, is_full=no_lane_is_full)
    assert acknowledged(deliveries) == []
    deliveries.ended(1)
    assert acknowledged(deliveries) == [1]


def test_what_a_look_did_not_find_is_not_ours_to_do(deliveries: Deliveries) -> None:
    """Another worker has it, it is done, or it is due later: then the clock brings it."""
    deliveries.arrived(delivery(1))
    deliveries.looked(deliveries.waiting(), is_full=no_lane_is_full)
    assert acknowledged(deliveries) == [1]


def test_what_came_during_a_look_waits_for_the_next(deliveries: Deliveries) -> None:
    seen = deliveries.waiting()
    deliveries.arrived(delivery(1))
    deliveries.looked(seen, is_full=no_lane_is_full)
    assert acknowledged(deliveries) == []
    assert deliveries.waiting() == (1,)


def test_what_waits_for_a_full_lane_is_kept(deliveries: Deliveries) -> None:
    deliveries.arrived(delivery(1, "slow"))
    deliveries.arrived(delivery(2, "quick"))
    deliveries.looked(deliveries.waiting(), is_full=lambda lane: lane == "slow")
    assert acknowledged(deliveries) == [2]
    assert deliveries.waiting() == (1,)


def test_a_dead_lane_does_not_keep_the_hints_of_others_away(deliveries: Deliveries) -> None:
    """A broker hands out 64 and no more: when this many wait, the oldest are let go."""
    for entry_id in range(100):
        deliveries.arrived(delivery(entry_id, "dead"))
        deliveries.looked(deliveries.waiting(), is_full=lambda _: True)
    assert len(deliveries.waiting()) == 32
    assert acknowledged(deliveries) == list(range(68))


def test_a_doubled_hint_does_nothing(deliveries: Deliveries) -> None:
    deliveries.arrived(delivery(1, receipt="first"))
    deliveries.arrived(delivery(1, receipt="second"))
    assert deliveries.settled.get_nowait().receipt == "first"
    deliveries.started([1])
    deliveries.arrived(delivery(1, receipt="third"))
    assert deliveries.settled.get_nowait().receipt == "second"
    deliveries.done(1)
    deliveries.ended(1)
    assert deliveries.settled.get_nowait().receipt == "third"
    deliveries.arrived(delivery(1, receipt="late"))
    assert deliveries.settled.get_nowait().receipt == "late"


def test_when_the_connection_ends_all_that_is_held_is_given_up(deliveries: Deliveries) -> None:
    deliveries.arrived(delivery(1))
    deliveries.arrived(delivery(2))
    deliveries.started([1, 3])
    assert sorted(one.hint.entry_id for one in deliveries.give_up()) == [1, 2]
    deliveries.ended(1)
    assert acknowledged(deliveries) == [], "its receipt was of the connection that is gone"


async def test_a_hint_is_acknowledged_after_the_commit_and_not_before(workshop: Workshop) -> None:
    gate = workshop.gate("test.wait")
    async with workshop.working() as worker:
        entry_id = await workshop.enqueue("test.wait", lane="test")
        await gate.entered()
        worker.deliveries.arrived(delivery(entry_id))
        await workshop.round()
        assert acknowledged(worker.deliveries) == []
        gate.open()
        await workshop.until(entry_id, "done")
        assert (await worker.deliveries.settled.get()).hint.entry_id == entry_id


async def test_an_entry_that_failed_is_the_databases_to_bring_again(workshop: Workshop) -> None:
    workshop.perform("test.do", workshop.failing(TransientError("not now")))
    async with workshop.working() as worker:
        entry_id = await workshop.enqueue(lane="test")
        worker.deliveries.arrived(delivery(entry_id))
        await workshop.until(entry_id, "ready")
        assert (await worker.deliveries.settled.get()).hint.entry_id == entry_id
        workshop.pass_time(timedelta(hours=1))
        await workshop.until(entry_id, "done", attempts=2)


async def test_a_hint_at_nothing_is_acknowledged_and_does_nothing(workshop: Workshop) -> None:
    async with workshop.working(ONE_AT_A_TIME) as worker:
        worker.deliveries.arrived(delivery(4711))
        assert (await worker.deliveries.settled.get()).hint.entry_id == 4711
    assert workshop.done == []
