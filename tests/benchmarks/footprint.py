"""How fast the process is there, and how much memory it holds."""

from __future__ import annotations

import itertools
import tempfile
from typing import TYPE_CHECKING

from bot.bench.table import Row, duration
from tests.benchmarks import load, mails, processes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def rows(*, mail_counts: Sequence[int]) -> Iterator[Row]:
    """Starts on an empty folder, starts again, and takes mails while it decides about them."""
    with processes.serving(("bare",)) as [bare]:
        floor, floor_ready = bare.mebibytes(), bare.seconds_to_ready
    with tempfile.TemporaryDirectory() as folder:
        with processes.serving(("deskbell", folder, "triage")) as [first]:
            pass
        with processes.serving(("deskbell", folder, "triage")) as [again]:
            idle = again.mebibytes()
            held = dict(_after_each(again, mail_counts))
    for name, seconds, aim in (
        ("first start, from exec to ready", first.seconds_to_ready, ""),
        ("second start, from exec to ready", again.seconds_to_ready, "under 1 s"),
    ):
        ratio = f"{seconds / floor_ready:.1f} x"
        yield Row(name, duration(seconds), f"bare aiohttp: {duration(floor_ready)}", ratio, aim)
    yield Row(
        "memory, idle",
        f"{idle:.0f} MiB",
        f"bare aiohttp: {floor:.0f} MiB",
        f"{idle / floor:.1f} x",
        "under 110 MiB",
    )
    least, *more = mail_counts
    for count in more:
        yield Row(
            f"memory, after {count:,} mails",
            f"{held[count]:.0f} MiB",
            f"after {least:,}: {held[least]:.0f} MiB",
            f"{held[count] / held[least]:.2f} x",
            "about 1 x",
        )


def _after_each(server: processes.Server, mail_counts: Sequence[int]) -> Iterator[tuple[int, float]]:
    requests, taken = mails.requests(), 0
    for count in mail_counts:
        load.bear(server.port, itertools.islice(requests, count - taken), connections=64)
        taken = count
        yield count, server.mebibytes()
