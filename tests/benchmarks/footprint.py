"""How fast the process is there, and how much memory it holds."""

from __future__ import annotations

import itertools
import tempfile
from typing import TYPE_CHECKING

from tests.benchmarks import load, mails, processes
from tests.benchmarks.table import Row, duration

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows(*, mail_count: int) -> Iterator[Row]:
    """Starts on an empty folder, starts again, and takes `mail_count` mails."""
    with processes.serving(("bare",)) as [bare]:
        floor, floor_ready = bare.mebibytes(), bare.seconds_to_ready
    with tempfile.TemporaryDirectory() as folder:
        with processes.serving(("deskbell", folder, "triage")) as [first]:
            pass
        with processes.serving(("deskbell", folder, "triage")) as [again]:
            idle = again.mebibytes()
            load.bear(again.port, itertools.islice(mails.requests(), mail_count), connections=64)
            full = again.mebibytes()
    for figure, seconds, aim in (
        ("first start, from exec to ready", first.seconds_to_ready, ""),
        ("second start, from exec to ready", again.seconds_to_ready, "under 1 s"),
    ):
        ratio = f"{seconds / floor_ready:.1f} x"
        yield Row(figure, duration(seconds), f"bare aiohttp: {duration(floor_ready)}", ratio, aim)
    for figure, size, aim in (
        ("memory, idle", idle, "under 110 MiB"),
        (f"memory, after {mail_count:,} mails", full, "under 130 MiB"),
    ):
        yield Row(figure, f"{size:.0f} MiB", f"bare aiohttp: {floor:.0f} MiB", f"{size / floor:.1f} x", aim)
