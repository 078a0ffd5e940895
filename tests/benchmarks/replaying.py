"""How fast stored mail is decided anew, and in how much memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import resource
import sqlite3
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import re2

from bot import config
from bot.bench.table import Row
from bot.replaying import runner
from bot.replaying.runner import Wish
from routing.email import InboundEmail
from storage import migrations
from storage.replay_mails import Scope
from storage.unit_of_work import Storage
from tests import stored_mails
from tests.benchmarks.servers.deskbell import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from routing.rules import Ruleset

RULES = 30
_NOUNS = (
    "voucher",
    "warranty",
    "colour",
    "battery",
    "manual",
    "delivery slot",
    "gift card",
    "size",
    "cable",
    "lamp",
)
_VERBS = ("exchange", "return", "repair")
_PATTERNS = [rf"\b{verb} (?:of |the |my )*{noun}s?\b" for verb in _VERBS for noun in _NOUNS]
_TEXT = "The parcel was fine and nobody in the house complained about what was in it. " * 52
"""4 KB in which no rule finds anything: the dearest mail there is."""


def rows(*, mail_count: int) -> Iterator[Row]:
    """A replay with thirty rules in one process and in two, beside what any replay would have to do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deskbell.db"
        asyncio.run(_fill(path, mail_count))
        loop, single_pass = _rate(path, _loop(), mail_count // 10), _rate(path, _set(), mail_count)
        one, memory = _measured(path, processes=1)
        two, _ = _measured(path, processes=2)
        _, memory_of_a_tenth = _measured(path, processes=1, limit=mail_count // 10)
    name = f"replay of {mail_count:,} mails, {RULES} rules"
    yield _row(f"{name}, 1 process", one, "rows and a loop of re", loop, "at least 10 x")
    yield _row(f"{name}, 1 process", one, "rows and one re2.Set", single_pass, "at least 0.33 x")
    yield _row(f"{name}, 2 processes", two, "1 process", one, "at least 1.6 x")
    yield Row(
        "memory of a replay",
        f"{memory:.0f} MiB",
        f"a tenth of the mails: {memory_of_a_tenth:.0f} MiB",
        f"{memory / memory_of_a_tenth:.2f} x",
        "about 1 x",
    )


def _row(figure: str, rate: float, floor: str, beside: float, aim: str) -> Row:
    return Row(figure, f"{rate:,.0f}/s", f"{floor}: {beside:,.0f}/s", f"{rate / beside:.2f} x", aim)


def _ruleset() -> Ruleset:
    shipped = config.load(SUPPORT_YAML).ruleset()
    then = {"queue": "orders", "intent": "product"}
    rules = [
        {"id": f"rule-{n}", "description": "One of many.", "owner": "us", "when": when, "then": then}
        for n, when in enumerate({"subject_or_text": {"matches": pattern}} for pattern in _PATTERNS)
    ]
    return type(shipped).model_validate(
        shipped.model_dump(by_alias=True, exclude_none=True) | {"rules": rules}
    )


async def _fill(path: Path, count: int) -> None:
    storage = Storage(f"sqlite+aiosqlite:///{path}")
    await migrations.upgrade(storage.database)
    await stored_mails.write(storage, _ruleset(), count=count, text=_TEXT)
    await storage.database.close()


def _rate(path: Path, work: Callable[[str], object], limit: int) -> float:
    """Mails a second of the least work: read the rows, decode them, look for the words."""
    started, count = perf_counter(), 0
    with closing(sqlite3.connect(path)) as connection:
        for (normalised,) in connection.execute("SELECT normalised FROM emails LIMIT ?", (limit,)):
            email = InboundEmail.model_validate_json(normalised)
            work(f"{email.subject}\n{email.text}")
            count += 1
    return count / (perf_counter() - started)


def _loop() -> Callable[[str], object]:
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS]
    return lambda text: [pattern.search(text) for pattern in patterns]


def _set() -> Callable[[str], object]:
    options = re2.Options()
    options.case_sensitive = False
    patterns = re2.Set.SearchSet(options)
    for pattern in _PATTERNS:
        patterns.Add(pattern)
    patterns.Compile()
    match: Callable[[str], object] = patterns.Match
    return match


def _measured(path: Path, *, processes: int, limit: int | None = None) -> tuple[float, float]:
    """Mails a second, and the most MiB that the process held; in a new process, which remembers no larger peak."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        return fresh.submit(_replay, path, processes, limit).result()


def _replay(path: Path, processes: int, limit: int | None) -> tuple[float, float]:
    started = perf_counter()
    count = asyncio.run(_count(path, processes, limit))
    rate = count / (perf_counter() - started)
    return rate, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _count(path: Path, processes: int, limit: int | None) -> int:
    storage = Storage(f"sqlite+aiosqlite:///{path}")
    wish = Wish(ruleset=_ruleset(), scope=Scope(), limit=limit)
    done = 0
    async for step in runner.run(storage, wish, processes=processes, joins_in=True):
        done = step.done
    await storage.database.close()
    return done
