"""The figures of one database: mails stored, mails decided, outbox entries done, each beside its floor."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.bench import claiming, databases, desk, floors, table

if TYPE_CHECKING:
    from bot.bench.table import Row
    from bot.config import SupportConfig
    from storage.unit_of_work import Storage

Rows = AsyncIterator["Row"]
_POOL = 16
_WORKERS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much is done: a run of `rounds` rounds, in which everything takes its turn."""

    rounds: int
    mails: int
    """Of one round; the floors, which are faster, get more."""
    history: tuple[int, ...]
    """Rows of history in the outbox, the fewest first."""


async def ingest(url: str, config: SupportConfig, size: Size) -> Rows:
    """Mails read and stored, each answered after its commit, 64 at a time."""
    name = floors.engine(url)
    async with empty_desk(url, config) as (own_url, measured):
        await measured.take(desk.CALLERS)  # warms up
        pairs = []
        for _ in range(size.rounds):
            count = size.mails * 4
            rate = count / await measured.take(count)
            pairs.append((rate, count / await floors.store(own_url, await measured.read(count))))
    yield table.of_pairs(f"ingest, {name}", pairs, f"hand-written, {floors.BATCH} a transaction")


async def group_commit(url: str, config: SupportConfig, size: Size) -> Rows:
    """Mails stored by 64 callers that share commits, beside a commit each on as many connections as help."""
    connections = 1 if floors.engine(url) == "SQLite" else _POOL
    async with empty_desk(url, config) as (own_url, measured):
        await measured.take(desk.CALLERS)  # warms up
        pairs = []
        for _ in range(size.rounds):
            shared = size.mails * 4
            rate = shared / await measured.store(await measured.read(shared))
            alone = await measured.read(size.mails)
            seconds = await floors.store(own_url, alone, batch=1, connections=connections)
            pairs.append((rate, size.mails / seconds))
    floor = "hand-written, a commit each" + (f", {connections} connections" if connections > 1 else "")
    yield table.of_pairs(f"group commit, {floors.engine(url)}", pairs, floor)


async def triage(url: str, config: SupportConfig, size: Size) -> Rows:
    """Stored mails that one worker turns into tickets."""
    ones, manys = [], []
    async with empty_desk(url, config) as (own_url, measured):
        await measured.take(size.rounds * size.mails * 7 + desk.CALLERS)
        await measured.decide(desk.CALLERS)  # warms up
        for _ in range(size.rounds):
            rate = size.mails / await measured.decide(size.mails)
            ones.append((rate, size.mails / await floors.triage(own_url, size.mails, batch=1)))
            many = size.mails * 4
            manys.append((rate, many / await floors.triage(own_url, many, batch=floors.BATCH)))
    name = f"triage, {floors.engine(url)}, 1 worker"
    yield table.of_pairs(name, ones, "hand-written, 1 a transaction")
    yield table.of_pairs(name, manys, f"hand-written, {floors.BATCH} a transaction", "at least 0.25 x")


async def sustained(url: str, config: SupportConfig, size: Size) -> Rows:
    """Mails stored and turned into tickets at the same time, until the last one is."""
    async with empty_desk(url, config) as (own_url, measured):
        await measured.take_and_decide(desk.CALLERS)  # warms up
        pairs = []
        for _ in range(size.rounds):
            rate = size.mails / await measured.take_and_decide(size.mails)
            many = size.mails * 4
            stored = await floors.store(own_url, await measured.read(many))
            pairs.append((rate, many / (stored + await floors.triage(own_url, many, batch=floors.BATCH))))
    yield table.of_pairs(f"stored and routed, {floors.engine(url)}", pairs, "hand-written, 64 a transaction")


async def outbox(url: str, size: Size, *, workers: tuple[int, ...]) -> Rows:
    """Entries claimed and finished one by one, by more and more workers."""
    async with _filled(url, size.history[0]) as (own_url, storage):
        for number in workers:
            pairs = []
            for _ in range(size.rounds):
                rate = size.mails / await claiming.claim_and_finish(storage, count=size.mails, workers=number)
                await claiming.ready(storage, size.mails)
                floor = await floors.claim_and_finish(own_url, claiming.LANE, size.mails)
                pairs.append((rate, size.mails / floor))
            name = f"outbox, {floors.engine(url)}, {number} worker{'s' * (number > 1)}"
            yield table.of_pairs(name, pairs, "hand-written, 1 worker")


async def history(url: str, size: Size) -> Rows:
    """The same by four workers with more and more rows of history, which must change nothing."""
    async with AsyncExitStack() as stack:
        pasts = {past: (await stack.enter_async_context(_filled(url, past)))[1] for past in size.history}
        rates: dict[int, list[float]] = {past: [] for past in pasts}
        for _, (past, storage) in itertools.product(range(size.rounds), pasts.items()):
            seconds = await claiming.claim_and_finish(storage, count=size.mails, workers=_WORKERS)
            rates[past].append(size.mails / seconds)
    first, *more = size.history
    for past in more:
        name = f"outbox, {floors.engine(url)}, {past:,} rows of history"
        pairs = list(zip(rates[past], rates[first], strict=True))
        yield table.of_pairs(name, pairs, f"{first:,} rows", "about 1 x")


@asynccontextmanager
async def _filled(url: str, past: int) -> AsyncIterator[tuple[str, Storage]]:
    """A database of its own with an outbox in which so many entries are done."""
    async with databases.throwaway(url) as own_url, databases.opened(own_url) as storage:
        await claiming.remember(storage, past)
        yield own_url, storage


@asynccontextmanager
async def empty_desk(url: str, config: SupportConfig) -> AsyncIterator[tuple[str, desk.Desk]]:
    """A desk on a database of its own, and the URL of that."""
    with TemporaryDirectory(prefix="deskbell-bench-") as folder:
        async with (
            databases.throwaway(url) as own_url,
            desk.opened(own_url, config, folder=Path(folder)) as opened,
        ):
            yield own_url, opened
