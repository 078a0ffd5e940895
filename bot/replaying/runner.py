"""Runs a replay over the stored mail: pages of it go to as many processes as there are cores."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import deque
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.replaying import decider
from bot.replaying.decider import Decider
from routing.replay import Report
from routing.replay_tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

    from routing.replay import RecordedMail
    from routing.rules import Ruleset
    from storage.replay_mails import Scope
    from storage.unit_of_work import Storage

PAGE: Final = 500
"""Mails of one piece of work: enough to be worth sending, and few enough to hold a dozen of them."""
_WORTH_PROCESSES: Final = 2_000
"""With fewer mails the work is done before processes have started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is to be replayed, and with which rules."""

    ruleset: Ruleset
    scope: Scope
    limit: int | None = None
    """How many mails, the newest; None for all."""


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
    crew = _Crew(wish.ruleset, processes=processes or fitting)
    tally, done = Tally(), 0
    try:
        async with aclosing(_pages(storage, wish)) as pages, aclosing(crew.reports(pages)) as reports:
            async for size, report in reports:
                tally.include(report)
                done += size
                yield Progress(done=done, total=max(done, total), report=tally.report())
        yield Progress(done=done, total=done, report=tally.report())
    finally:
        await crew.leave()


class _Crew:
    """Those who decide: processes, or one thread."""

    def __init__(self, ruleset: Ruleset, *, processes: int) -> None:
        self._work: Callable[[Sequence[RecordedMail]], Report]
        self._executor: Executor
        # While a thread decides, a reader beside it would only wait for the interpreter's lock.
        self._in_flight = 0 if processes == 1 else processes + 1
        if processes == 1:
            self._work = Decider(ruleset).report
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="replay")
        else:
            self._work = decider.report
            self._executor = ProcessPoolExecutor(
                processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=decider.start_process,
                initargs=(ruleset.model_dump_json(by_alias=True, exclude_none=True),),
            )

    async def reports(self, pages: AsyncIterator[list[RecordedMail]]) -> AsyncGenerator[tuple[int, Report]]:
        """The size and the report of each page in its order; so few are under way that memory stays flat."""
        loop = asyncio.get_running_loop()
        under_way: deque[tuple[int, asyncio.Future[Report]]] = deque()
        async for page in pages:
            under_way.append((len(page), loop.run_in_executor(self._executor, self._work, page)))
            if len(under_way) > self._in_flight:
                size, report = under_way.popleft()
                yield size, await report
        while under_way:
            size, report = under_way.popleft()
            yield size, await report

    async def leave(self) -> None:
        """What has begun is ended, which takes no longer than a page; nothing else is begun."""
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)


async def _count(storage: Storage, wish: Wish) -> int:
    async with storage.reading() as uow:
        count = await uow.replay_mails.count(wish.scope)
    return count if wish.limit is None else min(count, wish.limit)


async def _pages(storage: Storage, wish: Wish) -> AsyncGenerator[list[RecordedMail]]:
    """Each page in a transaction of its own, so that a long replay holds up no checkpoint and no vacuum."""
    left, last = wish.limit, None
    while left is None or left > 0:
        async with storage.reading() as uow:
            size = PAGE if left is None else min(PAGE, left)
            page = await uow.replay_mails.page(wish.scope, after=last, limit=size)
        if not page:
            return
        yield page
        last = page[-1]
        left = None if left is None else left - len(page)
