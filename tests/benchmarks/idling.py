"""What a desk without work costs: how much of a core, with nothing ahead and with many timers."""

from __future__ import annotations

import asyncio
import tempfile
from time import sleep
from typing import TYPE_CHECKING

from bot.bench import claiming, databases
from bot.bench.table import Row
from tests.benchmarks import processes, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.processes import Server
    from tests.benchmarks.sizes import Size

_SETTLING_SECONDS = 2


def rows(size: Size) -> Iterator[Row]:
    """The share of one core, beside that of a server that only waits for requests."""
    with processes.serving(("bare",)) as [bare]:
        floor = _share(bare, size.patience)
    for timers in (0, size.timers):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_plan(f"sqlite+aiosqlite:///{folder}/deskbell.db", timers))
            with running.running(folder) as whole:
                share = _share(whole.desk, size.patience)
        name = f"idle, {timers:,} timers ahead" if timers else "idle"
        ratio = f"{share - floor:.2f} points"
        yield Row(name, f"{share:.2f} % of a core", f"bare aiohttp: {floor:.2f} %", ratio, "under 1 %")


async def _plan(url: str, timers: int) -> None:
    async with databases.opened(url) as storage:
        if timers:
            await claiming.plan(storage, timers)


def _share(server: Server, seconds: float) -> float:
    sleep(min(_SETTLING_SECONDS, seconds))
    before = server.cpu_seconds()
    sleep(seconds)
    return (server.cpu_seconds() - before) / seconds * 100
