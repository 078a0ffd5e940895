"""Overrides, swaps and copies of calendars: each change is made by one of two at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from routing.duties import Duty
from routing.schedule import Override
from storage.errors import NotFoundError
from storage.swaps import SwapState
from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage

HOUR = timedelta(hours=1)
BO = Override(start=NOW, end=NOW + HOUR, person="U0BO", replaces="U0ANA")


async def test_an_override_is_found_while_it_touches_the_time_that_is_asked_for(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        number = await uow.overrides.add("support", BO, created_by="U0KIM", now=NOW)
        await uow.overrides.add("night", BO, created_by="U0KIM", now=NOW)
        (found,) = await uow.overrides.within(["support"], start=NOW + HOUR - SECOND, end=NOW + 2 * HOUR)
        assert (found.id, found.override, found.created_by) == (number, BO, "U0KIM")
        assert await uow.overrides.within(["support"], start=NOW + HOUR, end=NOW + 2 * HOUR) == []
        assert await uow.overrides.within(["support"], start=NOW - HOUR, end=NOW) == []
        both = await uow.overrides.within(["support", "night"], start=NOW, end=NOW + HOUR)
        assert [stored.schedule for stored in both] == ["support", "night"]


async def test_an_override_is_cancelled_once_and_before_its_end(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        number = await uow.overrides.add("support", BO, created_by="U0KIM", now=NOW)
        assert not await uow.overrides.cancel(number, agent_id="U0ANA", now=NOW + HOUR)
        assert await uow.overrides.cancel(number, agent_id="U0ANA", now=NOW)
        assert not await uow.overrides.cancel(number, agent_id="U0ANA", now=NOW)
        assert await uow.overrides.within(["support"], start=NOW, end=NOW + HOUR) == []
        assert (await uow.overrides.get(number)).override == BO
        with pytest.raises(NotFoundError):
            await uow.overrides.get(number + 1)


async def test_a_swap_is_settled_once(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        asked = await uow.swaps.ask(
            "support", requester="U0ANA", person="U0BO", start=NOW, end=NOW + HOUR, now=NOW
        )
        assert await uow.swaps.is_asked("support", requester="U0ANA", start=NOW)
        await uow.swaps.place(asked.id, channel="D0BO", ts="1.0")
        assert await uow.swaps.settle(asked.id, SwapState.ACCEPTED, now=NOW)
        assert not await uow.swaps.settle(asked.id, SwapState.EXPIRED, now=NOW)
        settled = await uow.swaps.get(asked.id)
        assert (settled.state, settled.channel, settled.ts) == (SwapState.ACCEPTED, "D0BO", "1.0")
        assert not await uow.swaps.is_asked("support", requester="U0ANA", start=NOW)
        with pytest.raises(NotFoundError):
            await uow.swaps.get(asked.id + 1)


async def test_a_failure_keeps_the_last_good_copy(storage: Storage) -> None:
    duty = Duty(NOW, NOW + HOUR, ("bo@acme.example", "On call: Bo"))
    async with storage.unit_of_work() as uow:
        await uow.duty_copies.failed("night", "it answered 500", since=NOW)
        never = (await uow.duty_copies.of(["night", "day"]))["night"]
        assert (never.duties, never.fetched_at) == ((), None)
        await uow.duty_copies.keep("night", [duty], now=NOW)
        await uow.duty_copies.failed("night", "it answered 503", since=NOW + HOUR)
        kept = (await uow.duty_copies.of(["night"]))["night"]
        assert (kept.duties, kept.fetched_at) == ((duty,), NOW)
        assert (kept.failing_since, kept.failure) == (NOW + HOUR, "it answered 503")
        await uow.duty_copies.keep("night", [], now=NOW + HOUR)
        assert (await uow.duty_copies.of(["night"]))["night"].failing_since is None


async def test_who_was_told_is_remembered_by_schedule(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        assert await uow.announced_shifts.of("support") is None
        await uow.announced_shifts.remember("support", ["U0ANA", "U0BO"], now=NOW)
        await uow.announced_shifts.remember("support", [], now=NOW)
        assert await uow.announced_shifts.of("support") == ()
        await uow.announced_shifts.remember("support", ["U0KIM"], now=NOW)
        assert await uow.announced_shifts.of("support") == ("U0KIM",)
