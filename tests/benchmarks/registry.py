"""Every benchmark by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import (
    committing,
    computing,
    engines,
    footprint,
    idling,
    latency,
    matching,
    replaying,
    throughput,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.bench.table import Row
    from tests.benchmarks.sizes import Size

BENCHMARKS: Mapping[str, Callable[[Size], Iterator[Row]]] = {
    "webhooks": lambda size: throughput.rows(rounds=size.rounds, seconds=size.seconds),
    "ingest": engines.ingest,
    "triage": engines.triage,
    "sustained": engines.sustained,
    "outbox": engines.outbox,
    "commits": committing.rows,
    "latency": latency.rows,
    "idle": idling.rows,
    "footprint": lambda size: footprint.rows(mail_counts=size.memory),
    "computing": lambda size: computing.rows(runs=size.runs),
    "matching": lambda size: matching.rows(runs=size.runs),
    "replay": lambda size: replaying.rows(mail_count=size.replayed),
}
