"""The directory as the desk asks it: with a clock that the tests turn, and records that they make up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot import directory as directory_module
from bot.directory import Directory
from bot.errors import PermanentError, RateLimitedError, TransientError
from routing.requester import Lookup, Requester

MARIA = "maria@customer.example"
CACHE = timedelta(minutes=10)
KNOWN = Requester(name="Maria Costa", tier="gold")


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Records:
    """Answers one after the other, the last for ever; an exception is raised, None is a stranger."""

    def __init__(self, *answers: Requester | Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.is_closed = False

    async def look_up(self, address: str) -> Requester | None:
        self.asked.append(address)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self.is_closed = True


class Hanging(Records):
    """Answers nobody."""

    async def look_up(self, address: str) -> Requester | None:
        self.asked.append(address)
        await asyncio.Event().wait()
        return None


@pytest.fixture
def clock() -> Clock:
    return Clock()


def over(records: Records, clock: Clock, *, timeout: timedelta = timedelta(seconds=5)) -> Directory:
    return Directory(records, timeout=timeout, cache=CACHE, clock=clock)


@pytest.mark.parametrize("answer", [KNOWN, None])
async def test_an_answer_is_good_for_ten_minutes_also_that_somebody_is_a_stranger(
    clock: Clock, answer: Requester | None
) -> None:
    records = Records(answer)
    directory = over(records, clock)
    assert await directory.look_up(MARIA) == Lookup(requester=answer)
    clock.now += CACHE - timedelta(seconds=1)
    assert await directory.look_up(MARIA.upper()) == Lookup(requester=answer)
    assert records.asked == [MARIA]
    clock.now += timedelta(seconds=1)
    await directory.look_up(MARIA)
    assert records.asked == [MARIA, MARIA]


async def test_of_many_answers_the_oldest_is_forgotten(clock: Clock) -> None:
    records = Records(None)
    directory = over(records, clock)
    for number in range(directory_module.MOST_REMEMBERED + 1):
        await directory.look_up(f"{number}@customer.example")
    records.asked.clear()
    await directory.look_up("1@customer.example")
    await directory.look_up("0@customer.example")
    assert records.asked == ["0@customer.example"]


async def test_a_failure_is_told_and_not_remembered(clock: Clock) -> None:
    directory = over(Records(TransientError("the line is dead"), KNOWN), clock)
    assert await directory.look_up(MARIA) == Lookup(failure="the directory failed: the line is dead")
    assert await directory.look_up(MARIA) == Lookup(requester=KNOWN)


async def test_who_does_not_answer_in_time_is_done_without(clock: Clock) -> None:
    directory = over(Hanging(), clock, timeout=timedelta(milliseconds=10))
    lookup = await directory.look_up(MARIA)
    assert lookup == Lookup(failure="the directory did not answer within 0.01 s")


async def test_after_three_failures_in_a_row_nobody_is_asked_for_half_a_minute(clock: Clock) -> None:
    records = Hanging()
    directory = over(records, clock, timeout=timedelta(milliseconds=1))
    for _ in range(3):
        await directory.look_up(MARIA)
    clock.now += timedelta(seconds=29)
    lookup = await directory.look_up(MARIA)
    assert lookup.failure == "the directory was not asked: 3 times in a row it failed"
    assert len(records.asked) == 3
    clock.now += timedelta(seconds=1)
    await directory.look_up(MARIA)
    assert len(records.asked) == 4
    await directory.look_up(MARIA)
    assert len(records.asked) == 4, "one more failure is enough for the next pause"


async def test_what_is_remembered_is_known_during_a_pause_too(clock: Clock) -> None:
    directory = over(Records(KNOWN, TransientError("down")), clock)
    await directory.look_up(MARIA)
    for _ in range(3):
        await directory.look_up("other@customer.example")
    assert (await directory.look_up(MARIA)).requester == KNOWN


async def test_an_answer_ends_the_row_of_failures(clock: Clock) -> None:
    down = TransientError("down")
    records = Records(down, down, None, down, down, KNOWN)
    directory = over(records, clock)
    lookups = [await directory.look_up(f"{number}@customer.example") for number in range(6)]
    assert lookups[-1].requester == KNOWN


async def test_one_record_that_cannot_be_read_keeps_nobody_else_from_being_known(clock: Clock) -> None:
    bad = PermanentError("sla in the directory is no duration such as 4h")
    directory = over(Records(bad, bad, bad, bad, KNOWN), clock)
    failures = {(await directory.look_up("bad@customer.example")).failure for _ in range(4)}
    assert failures == {f"the directory cannot be used: {bad}"}
    assert (await directory.look_up(MARIA)).requester == KNOWN


async def test_a_pause_that_was_asked_for_is_kept(clock: Clock) -> None:
    records = Records(RateLimitedError(timedelta(minutes=5)))
    directory = over(records, clock)
    for _ in range(3):
        await directory.look_up(MARIA)
    clock.now += timedelta(minutes=4)
    await directory.look_up(MARIA)
    assert len(records.asked) == 3


async def test_a_mistake_in_an_adapter_is_a_failure_like_any_other(clock: Clock) -> None:
    directory = over(Records(KeyError("oops")), clock)
    assert await directory.look_up(MARIA) == Lookup(failure="the directory failed: KeyError")


async def test_it_closes_what_it_asks(clock: Clock) -> None:
    records = Records(None)
    await over(records, clock).close()
    assert records.is_closed
