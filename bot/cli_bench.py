"""`deskbell bench`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from bot import command_line


def bench(
    mails: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Say whether N mails a day suit.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Measure this machine with your rules on your database's disk or server, in a database of its own.

    It takes less than a minute, sends nothing and leaves nothing behind.

    Your own tables are not touched: where there may be no database beside them, it ends with 78.

    Stop the desk first, else the two share the machine.
    """
    from bot.bench import advice, measuring, table  # noqa: PLC0415 - so that --help starts fast
    from bot.telemetry import configure_logging  # noqa: PLC0415

    settings = command_line.settings()
    config = command_line.config(settings.deskbell_config)
    configure_logging("warning")
    report = command_line.run(
        measuring.measure(settings.database_url, config, tell=lambda text: print(text, file=sys.stderr))
    )
    words = advice.words(report.per_second, engine=report.engine, wanted=mails)
    if as_json:
        rows = [asdict(row) for row in report.rows]
        suits = advice.mails_a_day(report.per_second)
        print(
            json.dumps(
                {"machine": report.machine, "rows": rows, "mails_a_day": suits, "words": words}, indent=2
            )
        )
    else:
        print(report.machine, "", table.render(report.rows), "", words, sep="\n")
