"""`deskbell replay`: runs it, shows how far it is, prints what it found."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import typer

from bot.replaying import html_report, runner, text_report
from bot.replaying.progress_line import ProgressLine
from bot.replaying.result import Result
from bot.replaying.runner import Progress, Wish
from routing.replay import Report
from storage.replay_mails import Scope

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from bot.config import SupportConfig
    from bot.services import Services

EXIT_INTERRUPTED: Final = 130
"""As a shell reports a program that Ctrl-C has ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """What becomes of the report."""

    as_json: bool
    html: Path | None
    fail_if_moved: int | None


def scope(
    *,
    since: datetime | None,
    queue: str | None,
    intent: str | None,
    known: tuple[SupportConfig, ...],
) -> Scope:
    """The mails that the options mean; `known` are the configurations whose queues may be named.

    Raises:
        BadParameter: there is no such queue.
    """
    queues = {name for config in known for name in config.queues}
    if queue is not None and queue not in queues:
        names = ", ".join(sorted(queues))
        raise typer.BadParameter(f"no queue is called {queue!r}; there are {names}", param_hint="--queue")
    return Scope(since=since, queue=queue, intent=intent)


async def run(
    services: Services, wish: Wish, *, processes: int | None, output: Output, progress: TextIO
) -> int:
    """Replay and print, and show on `progress` how far it is; gives the exit code.

    Raises:
        BadParameter: the HTML cannot be written.
    """
    if output.html:
        _make_sure_of(output.html)
    line = ProgressLine(progress)
    try:
        found, is_interrupted = await _replayed(services, wish, line, processes)
    finally:
        await services.storage.database.close()
    line.clear()
    _print(services, found, output)
    if is_interrupted:
        return EXIT_INTERRUPTED
    return int(output.fail_if_moved is not None and found.report.moved > output.fail_if_moved)


async def _replayed(
    services: Services, wish: Wish, line: ProgressLine, processes: int | None
) -> tuple[Result, bool]:
    """What was found, up to where Ctrl-C ended it, and whether it did."""
    progress = Progress(done=0, total=0, report=Report())
    is_interrupted = False
    try:
        work = runner.run(services.storage, wish, processes=processes, joins_in=True)
        async with aclosing(work) as steps:
            async for progress in steps:
                line.show(progress)
    except asyncio.CancelledError:
        is_interrupted = True
    found = Result(
        report=progress.report,
        ruleset=wish.ruleset.content_hash,
        done=progress.done,
        planned=progress.total,
    )
    return found, is_interrupted


def _print(services: Services, found: Result, output: Output) -> None:
    now = services.clock()

    def link(trace_id: str) -> str:
        return services.trace_links.url(trace_id, now=now)

    if output.html:
        output.html.write_text(
            html_report.render(found, link=link, now=now), encoding="utf-8", errors="replace"
        )
        typer.echo(f"{output.html} is written.", err=True)
    text = found.to_json() if output.as_json else text_report.render(found, link=link)
    # As bytes: a locale that knows ASCII only must not end the run.
    typer.echo(text.encode("utf-8", "replace"))


def _make_sure_of(path: Path) -> None:
    """Before the work, not after it."""
    try:
        path.touch()
    except OSError as error:
        raise typer.BadParameter(
            f"{path} cannot be written: {error.strerror}", param_hint="--html"
        ) from error
