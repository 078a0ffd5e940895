"""Runs a replay over the stored mail: pages of it go to as many processes as there are cores."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.replaying import worker
from bot.replaying.decider import Decider
from routing.replay import Report
from routing.replay_tally import Tally
from storage.replay_mails import Key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from routing.guesses import Classifier
    from routing.replay import RecordedMail
    from routing.rules import Ruleset
    from storage.replay_mails import Scope, Span
    from storage.unit_of_work import Storage

PAGE: Final = 500
"""Mails of one piece of work: enough to be worth sending, and few enough to hold a dozen of them."""
_PAGES_AHEAD: Final = 2
"""Pages that wait for each other process or are in its hands, so that none is ever idle."""
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


async def run(
    storage: Storage, wish: Wish, *, processes: int | None = None, joins_in: bool = False
) -> AsyncGenerator[Progress]:
    """Replay and tell after each page how far it is; closing the iterator ends the replay.

    Reads only. Unless `processes` is given there is one for each core; a thread does it for few mails, or for one.
    `joins_in` makes this process one of them, which works while the others are still starting: not for a process
    that people wait for meanwhile.

    Raises:
        StorageUnavailableError: the database does not answer.
    """
    total = await _count(storage, wish)
    yield Progress(done=0, total=total, report=Report())
    fitting = (os.cpu_count() or 1) if total > _WORTH_PROCESSES else 1
    crew = processes or fitting
    work = _alone(storage, wish) if crew == 1 else _together(storage, wish, crew, joins_in=joins_in)
    tally, done = Tally(), 0
    async with aclosing(work) as reports:
        async for size, report in reports:
            tally.include(report)
            done += size
            yield Progress(done=done, total=max(done, total), report=tally.report())
    yield Progress(done=done, total=done, report=tally.report())


async def _alone(storage: Storage, wish: Wish) -> AsyncGenerator[tuple[int, Report]]:
    """The size and the report of each page; a thread decides."""
    decider, pages = Decider(wish.ruleset, wish.classifier), _Pages(storage, wish)
    while mails := await pages.mails():
        yield len(mails), await asyncio.to_thread(decider.report, mails)


async def _together(
    storage: Storage, wish: Wish, processes: int, *, joins_in: bool
) -> AsyncGenerator[tuple[int, Report]]:
    """The same by processes, which read their pages themselves; so few are under way that memory stays flat."""
    others = processes - joins_in
    executor = ProcessPoolExecutor(
        others,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=worker.start,
        initargs=(worker.order(storage, wish.ruleset, wish.scope, wish.classifier),),
    )
    decider, pages = Decider(wish.ruleset, wish.classifier), _Pages(storage, wish)
    loop = asyncio.get_running_loop()
    under_way: dict[asyncio.Future[Report], int] = {}
    try:
        while True:
            if len(under_way) < _PAGES_AHEAD * others:
                span = await pages.span()
                if span is None:
                    break
                under_way[loop.run_in_executor(executor, worker.report, span)] = span.size
            elif joins_in and not any(page.done() for page in under_way):
                # The others have enough to do, or are not there yet.
                if not (mails := await pages.mails()):
                    break
                yield len(mails), await asyncio.to_thread(decider.report, mails)
            else:
                finished, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for page in finished:
                    yield under_way.pop(page), page.result()
        for page, size in under_way.items():
            yield size, await page
    finally:
        # What has begun is ended, which takes no longer than a page; nothing else is begun.
        await asyncio.to_thread(executor.shutdown, wait=True, cancel_futures=True)


async def _count(storage: Storage, wish: Wish) -> int:
    async with storage.reading() as uow:
        count = await uow.replay_mails.count(wish.scope)
    return count if wish.limit is None else min(count, wish.limit)


class _Pages:
    """The mails of a wish, the newest first.

    Each page is read in a transaction of its own, so that a long replay holds up no checkpoint and no vacuum.
    """

    def __init__(self, storage: Storage, wish: Wish) -> None:
        self._storage = storage
        self._scope = wish.scope
        self._left = wish.limit
        self._last: Key | None = None

    async def mails(self) -> list[RecordedMail]:
        """The next page; empty behind the last one."""
        if not (size := self._size()):
            return []
        async with self._storage.reading() as uow:
            mails = await uow.replay_mails.page(self._scope, after=self._last, limit=size)
        if mails:
            self._pass(Key(mails[-1].received_at, mails[-1].id), len(mails))
        return mails

    async def span(self) -> Span | None:
        """Where the next page begins and ends, for whoever reads it; None behind the last one."""
        if not (size := self._size()):
            return None
        async with self._storage.reading() as uow:
            span = await uow.replay_mails.next_span(self._scope, after=self._last, limit=size)
        if span:
            self._pass(span.oldest, span.size)
        return span

    def _size(self) -> int:
        return PAGE if self._left is None else min(PAGE, self._left)

    def _pass(self, last: Key, count: int) -> None:
        self._last = last
        self._left = None if self._left is None else self._left - count
