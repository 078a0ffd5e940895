"""`make bench`: what Deskbell costs, beside what the same machine could do in the same minutes.

Read the ratios: the absolute figures change with the machine and with what else it does.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.bench import machine, table
from bot.telemetry import configure_logging
from tests.benchmarks import engines, sizes
from tests.benchmarks.registry import BENCHMARKS

if TYPE_CHECKING:
    from bot.bench.table import Row


def main() -> None:
    """Measure what the command line names, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=BENCHMARKS,
        metavar="NAME",
        help=f"one of {', '.join(BENCHMARKS)}; again for more",
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="print the rows as JSON")
    forms.add_argument("--markdown", action="store_true", help="print them as the table of README")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument(
        "--quick", action="store_true", help="seconds: whether everything runs, no figures to quote"
    )
    kinds.add_argument(
        "--full", action="store_true", help="also 1,000,000 rows of history and 100,000 mails: an hour"
    )
    wish = parser.parse_args()
    configure_logging("warning")
    size = sizes.FULL if wish.full else sizes.SMALL if wish.quick else sizes.NORMAL
    rows: list[Row] = []
    for name in wish.only or BENCHMARKS:
        print(f"measuring {name} ...", file=sys.stderr)
        rows.extend(BENCHMARKS[name](size))
    described = machine.described(*engines.versions())
    if wish.json:
        print(json.dumps({"machine": described, "rows": [asdict(row) for row in rows]}, indent=2))
    else:
        print(described, "", table.markdown(rows) if wish.markdown else table.render(rows), sep="\n")


if __name__ == "__main__":
    main()
