"""Webhooks a second, each answered after a durable commit, beside two servers that do less."""

from __future__ import annotations

import itertools
import tempfile
from statistics import median
from typing import TYPE_CHECKING

from bot.bench.table import Row, duration
from tests.benchmarks import load, mails, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.load import Load
    from tests.benchmarks.processes import Server

    Loads = dict[str, list[Load]]

_DESKBELL, _BARE, _NO_DATABASE = "deskbell", "bare aiohttp", "no database"
_TRIAGING = "deskbell, triaging meanwhile"
_REQUESTS = mails.requests()
"""Each mail is new to every server of the run: a known one would be cheap."""


def rows(*, rounds: int, seconds: float) -> Iterator[Row]:
    """The servers take turns of `seconds`, so that a busy moment of the machine hits them all."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        commands = {
            _BARE: ("bare",),
            _NO_DATABASE: ("without_database",),
            _DESKBELL: ("deskbell", one),
            _TRIAGING: ("deskbell", other, "triage"),
        }
        with processes.serving(*commands.values()) as started:
            servers = dict(zip(commands, started, strict=True))
            _in_turns(servers, connections=64, rounds=1, seconds=seconds)  # warms up
            yield from _many(_in_turns(servers, connections=64, rounds=rounds, seconds=seconds))
            yield from _single(_in_turns(servers, connections=1, rounds=rounds, seconds=seconds))


def _in_turns(servers: dict[str, Server], *, connections: int, rounds: int, seconds: float) -> Loads:
    loads: Loads = {name: [] for name in servers}
    for _, (name, server) in itertools.product(range(rounds), servers.items()):
        loads[name].append(load.bear(server.port, _REQUESTS, connections=connections, seconds=seconds))
    return loads


def _many(loads: Loads) -> Iterator[Row]:
    for name, floor, aim in (
        (_DESKBELL, _BARE, "at least 33 %"),
        (_DESKBELL, _NO_DATABASE, "at least 60 %"),
        (_TRIAGING, _BARE, ""),
    ):
        ratio = _ratio(loads, name, floor, lambda one: one.per_second)
        yield Row(
            f"{name}: webhooks/s at 64 connections",
            _shown(loads[name]),
            f"{floor}: {_shown(loads[floor])}",
            f"{ratio:.0%}",
            aim,
        )


def _single(loads: Loads) -> Iterator[Row]:
    for name, aim in ((_DESKBELL, "at most 4.0 x"), (_TRIAGING, "")):
        p50, p99 = (median(getattr(one, part) for one in loads[name]) for part in ("p50", "p99"))
        yield Row(
            f"{name}: p50 at 1 connection",
            f"{duration(p50)} (p99 {duration(p99)})",
            f"{_BARE}: {duration(median(one.p50 for one in loads[_BARE]))}",
            f"{_ratio(loads, name, _BARE, lambda one: one.p50):.1f} x",
            aim,
        )


def _ratio(loads: Loads, name: str, floor: str, of: Callable[[Load], float]) -> float:
    return median(of(one) / of(least) for one, least in zip(loads[name], loads[floor], strict=True))


def _shown(loads: list[Load]) -> str:
    per_second, p50, p99 = (
        median(getattr(one, part) for one in loads) for part in ("per_second", "p50", "p99")
    )
    return f"{per_second:,.0f} (p50 {duration(p50)}, p99 {duration(p99)})"
