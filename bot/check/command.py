"""`deskbell check`: examines a file and prints the report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from bot.check import examination

if TYPE_CHECKING:
    from pathlib import Path

    from bot.check.examination import Outside
    from bot.check.report import Report


def run(path: Path, outside: Outside, *, as_json: bool, is_strict: bool) -> bool:
    """Print what is wrong with a file, and say whether it may be used."""
    report = examination.examine(path, outside, is_strict=is_strict)
    if as_json:
        # As bytes: a locale that knows ASCII only must not end the run.
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2).encode())
    else:
        _print(report)
    return report.is_ok


def _print(report: Report) -> None:
    """Problems go to standard error, and so does a summary that nobody could be glad of."""
    for problem in report.problems:
        typer.echo(str(problem), err=True)
    typer.echo(report.summary(), err=not report.is_ok)
