"""Mails stored, mails decided and outbox entries done, on SQLite and on PostgreSQL with its fsync on."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot import config
from bot.bench import databases, figures
from tests import servers
from tests.benchmarks.servers.deskbell import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.bench.table import Row
    from tests.benchmarks.sizes import Size

_WORKERS = (1, 4, 16)


def ingest(size: Size) -> Iterator[Row]:
    """Mails that are read and stored."""
    return on_each(partial(figures.ingest, config=config.load(SUPPORT_YAML), size=sizes_of(size)))


def triage(size: Size) -> Iterator[Row]:
    """Stored mails that become tickets."""
    return on_each(partial(figures.triage, config=config.load(SUPPORT_YAML), size=sizes_of(size)))


def sustained(size: Size) -> Iterator[Row]:
    """Both at once."""
    return on_each(partial(figures.sustained, config=config.load(SUPPORT_YAML), size=sizes_of(size)))


def outbox(size: Size) -> Iterator[Row]:
    """Entries that are claimed and finished."""
    yield from on_each(partial(figures.outbox, size=sizes_of(size), workers=_WORKERS))
    yield from on_each(partial(figures.history, size=sizes_of(size)))


def sizes_of(size: Size) -> figures.Size:
    """What concerns a database."""
    return figures.Size(rounds=size.rounds, mails=size.mails, history=size.history)


def on_each(measure: Callable[[str], figures.Rows]) -> Iterator[Row]:
    """The rows of SQLite, then those of PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(listed(measure(f"sqlite+aiosqlite:///{folder}/deskbell.db")))
    with postgres() as server:
        if server:
            yield from asyncio.run(listed(measure(server.url())))


async def listed(rows: figures.Rows) -> list[Row]:
    """All rows."""
    return [row async for row in rows]


@contextmanager
def postgres() -> Iterator[servers.PostgresServer | None]:
    """A server that keeps what it has committed; None, with one line that says so, where there is none."""
    try:
        with servers.postgres(is_durable=True) as server:
            yield server
    except pytest.skip.Exception as reason:
        print(f"left out: {reason}", file=sys.stderr)
        yield None


def versions() -> list[str]:
    """Of the engines that are here."""
    found = [asyncio.run(databases.version("sqlite://"))]
    with postgres() as server:
        return [*found, asyncio.run(databases.version(server.url()))] if server else found
