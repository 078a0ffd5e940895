"""`deskbell explain`: reads files, prints an explanation of each."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from bot import explain
from bot.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import SupportConfig
    from bot.intake.interfaces import Provider

_STANDARD_INPUT: Final = "-"
_PROGRESS_EVERY: Final = 500


def run(files: Sequence[str], *, provider: Provider, config: SupportConfig | None, as_lines: bool) -> int:
    """Explain each file on standard output; gives how many could not be opened."""
    failures = 0
    for number, name in enumerate(files, start=1):
        try:
            raw = _read(name)
        except OSError as error:
            failures += 1
            typer.echo(f"{name}: {error.strerror}", err=True)
            continue
        found = {"file": name} | _explained(raw, provider, config)
        # As bytes: a locale that knows ASCII only must not end the run.
        text = json.dumps(found, ensure_ascii=False, indent=None if as_lines else 2)
        typer.echo(text.encode("utf-8", "replace"))
        if number % _PROGRESS_EVERY == 0:
            typer.echo(f"{number} of {len(files)}", err=True)
    return failures


def _read(name: str) -> bytes:
    """Not more than shows that it is too large."""
    if name == _STANDARD_INPUT:
        return sys.stdin.buffer.read(explain.LARGEST + 1)
    with Path(name).open("rb") as file:
        return file.read(explain.LARGEST + 1)


def _explained(raw: bytes, provider: Provider, config: SupportConfig | None) -> dict[str, Any]:
    try:
        return explain.explain(raw, provider=provider, config=config, now=utc_now())
    except Exception as error:  # noqa: BLE001 - one odd mail must not end a run over thousands
        return {"unparseable": f"A fault of Deskbell: {type(error).__name__}: {error}"}
