"""What it brings that mails which wait share a commit, also on a disk that takes 2 ms more for each.

python -m tests.benchmarks.committing MAILS: the row of SQLite as JSON, in a process of its own whose fsync may be slow.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot import config
from bot.bench import figures
from bot.bench.table import Row
from bot.telemetry import configure_logging
from tests.benchmarks import engines
from tests.benchmarks.servers.deskbell import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.sizes import Size

_SOURCE = Path(__file__).with_name("fsync.c")
_ROOT = Path(__file__).parents[2]


def rows(size: Size) -> Iterator[Row]:
    """Each engine as it is, then SQLite on the slower disk."""
    measure = partial(figures.group_commit, config=config.load(SUPPORT_YAML), size=engines.sizes_of(size))
    for row in engines.on_each(measure):
        yield replace(row, aim="more than 1 x") if "PostgreSQL" in row.name else row
    compiler = shutil.which("cc")
    if compiler is None:
        print("left out: there is no C compiler for the slow fsync", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/fsync.so"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", library, str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603 - our own source
        row = _in_new_process(size, library)
    yield replace(row, name=f"{row.name}, 2 ms more an fsync", aim="at least 8 x")


def _in_new_process(size: Size, library: str) -> Row:
    command = [sys.executable, "-m", "tests.benchmarks.committing", str(size.rounds), str(size.mails)]
    environment = os.environ | {"LD_PRELOAD": library}
    done = subprocess.run(command, check=True, capture_output=True, cwd=_ROOT, env=environment)  # noqa: S603 - ours
    return Row(**json.loads(done.stdout))


def main() -> None:
    """Measure SQLite."""
    configure_logging("warning")
    size = figures.Size(rounds=int(sys.argv[1]), mails=int(sys.argv[2]), history=())
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/deskbell.db"
        measured = figures.group_commit(url, config.load(SUPPORT_YAML), size)
        (row,) = asyncio.run(engines.listed(measured))
    print(json.dumps(asdict(row)))


if __name__ == "__main__":
    main()
