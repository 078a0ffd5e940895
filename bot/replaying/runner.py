"""Runs a replay over the stored mail: pages of it go to as many processes as there are cores."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.replaying import worker
from bot.replaying.decider import Decider
from routing.replay import Report
from routing.replay_tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from routing.guesses import Classifier
    from routing.rules import Ruleset
    from storage.replay_mails import Scope, Span
    from storage.unit_of_work import Storage

PAGE: Final = 500
"""Mails of one piece of work: enough to be worth sending, and few enough to hold a dozen of them."""
_WORTH_PROCESSES: Final = 30_000
"""With fewer mails the work is done before processes have started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is to be replayed, and with which rules."""

    ruleset: Ruleset
    scope: Scope
    limit: int | None = None
    """How many mails, the newest; None for all."""
    classifier: Classifier | None = None
    """Who is asked where no rule is sure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a replay is. The last one, with `done == total`, has the whole report."""

    done: int
    total: int
    report: Report


async def run(storage: Storage, wish: Wish, *, processes: int | None = None) -> AsyncGenerator[Progress]:
    """Replay and tell after each page how far it is; closing the iterator ends the replay.

    Reads only. Unless `processes` is given there is one for each core; a thread does it for few mails, or for one.

    Raises:
        StorageUnavailableError: the database does not answer.
    """
    total = await _count(storage, wish)
    yield Progress(done=0, total=total, report=Report())
    fitting = (os.cpu_count() or 1) if total > _WORTH_PROCESSES else 1
    crew = processes or fitting
    tally, done = Tally(), 0
    async with aclosing(_alone(storage, wish) if crew == 1 else _together(storage, wish, crew)) as reports:
        async for size, report in reports:
            tally.include(report)
            done += size
            yield Progress(done=done, total=max(done, total), report=tally.report())
    yield Progress(done=done, total=done, report=tally.report())


async def _alone(storage: Storage, wish: Wish) -> AsyncGenerator[tuple[int, Report]]:
    """The size and the report of each page; a thread decides."""
    decider = Decider(wish.ruleset, wish.classifier)
    async for span in _spans(storage, wish):
        async with storage.reading() as uow:
            mails = await uow.replay_mails.of_span(wish.scope, span)
        yield span.size, await asyncio.to_thread(decider.report, mails)


async def _together(storage: Storage, wish: Wish, processes: int) -> AsyncGenerator[tuple[int, Report]]:
    """The same by processes, which read their pages themselves; so few are under way that memory stays flat."""
    executor = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=worker.start,
        initargs=(worker.order(storage, wish.ruleset, wish.scope, wish.classifier),),
    )
    loop = asyncio.get_running_loop()
    under_way: deque[tuple[int, asyncio.Future[Report]]] = deque()
    try:
        async for span in _spans(storage, wish):
            under_way.append((span.size, loop.run_in_executor(executor, worker.report, span)))
            if len(under_way) > 2 * processes:
                size, report = under_way.popleft()
                yield size, await report
        while under_way:
            size, report = under_way.popleft()
            yield size, await report
    finally:
        # What has begun is ended, which takes no longer than a page; nothing else is begun.
        await asyncio.to_thread(executor.shutdown, wait=True, cancel_futures=True)


async def _count(storage: Storage, wish: Wish) -> int:
    async with storage.reading() as uow:
        count = await uow.replay_mails.count(wish.scope)
    return count if wish.limit is None else min(count, wish.limit)


async def _spans(storage: Storage, wish: Wish) -> AsyncGenerator[Span]:
    """Each page is read in a transaction of its own, so that a long replay holds up no checkpoint and no vacuum."""
    left, last = wish.limit, None
    while left is None or left > 0:
        async with storage.reading() as uow:
            size = PAGE if left is None else min(PAGE, left)
            span = await uow.replay_mails.next_span(wish.scope, after=last, limit=size)
        if span is None:
            return
        yield span
        last = span.oldest
        left = None if left is None else left - span.size
