"""`make bench`: what Deskbell costs, beside what the same machine could do in the same minutes.

Read the ratios: the absolute figures change with the machine and with what else it does.
"""

from __future__ import annotations

import os
import platform

from tests.benchmarks import computing, footprint, matching, replaying, table, throughput

if __name__ == "__main__":
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print("Webhooks: signature, validation and an SQLite commit with synchronous=FULL before each answer.\n")
    for rows in (
        throughput.rows(rounds=7, seconds=2),
        footprint.rows(mail_count=100_000),
        computing.rows(runs=500),
        matching.rows(runs=500),
        replaying.rows(mail_count=100_000),
    ):
        print(table.render(rows), end="\n\n", flush=True)
