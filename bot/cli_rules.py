"""The commands about rules: check, replay, train, suggest-tests."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import cli_on_call, command_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.check.history import History
    from bot.config import SupportConfig
    from bot.simulation.rotas import Rotas

ConfigFile = Annotated[Path, typer.Argument(help="The configuration to check.")]


def check(
    path: ConfigFile = Path("support.yaml"),
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002 - a flag
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,  # noqa: FBT002 - a flag
    history: Annotated[
        str | None,
        typer.Option(
            metavar="30d",
            help="Also ask the database: for rules without a mail so long, and for overrides of schedules.",
        ),
    ] = None,
    slack: Annotated[bool, typer.Option("--slack", help="Also ask Slack who is gone.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Check support.yaml and run its tests; prints each problem as file:line:col, exits with 78 on an error."""
    from bot.check import command  # noqa: PLC0415 - as in cli.run
    from bot.check.examination import Outside  # noqa: PLC0415
    from bot.clock import utc_now  # noqa: PLC0415
    from bot.simulation.rotas import Rotas  # noqa: PLC0415

    now = utc_now()
    outside = Outside(
        now=now,
        history=_history(history) if history else None,
        rotas_of=partial(_stored_rotas, at=now) if history else Rotas.written,
        people_of=cli_on_call.ask_slack if slack else None,
    )
    if not command.run(path, outside, as_json=as_json, is_strict=strict):
        raise typer.Exit(command_line.EXIT_CONFIGURATION)


def replay(
    rules: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A support.yaml to take the rules from; by default the one that is used."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Only mails of this time: 30d, 12h.")
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Only mails that went to this queue.")] = None,
    intent: Annotated[str | None, typer.Option(help="Only mails that were taken to want this.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many mails, the newest.")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="How many decide; by default one for each core.")
    ] = None,
    fail_if_moved: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Exit with 1 if more than N mails would move to another queue."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the report as a page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Decide stored mail anew, print what would move and whether that is better. It changes nothing.

    Ctrl-C ends it, prints what was found so far and exits with 130.
    """
    from bot import replay_command  # noqa: PLC0415 - as in cli.run
    from bot.app import create_services  # noqa: PLC0415
    from bot.replaying.runner import Wish  # noqa: PLC0415

    settings = command_line.settings()
    config = command_line.config(settings.deskbell_config)
    candidate = command_line.config(rules) if rules else config
    start = command_line.ago(since, "--since") if since else None
    scope = replay_command.scope(since=start, queue=queue, intent=intent, known=(config, candidate))
    wish = Wish(ruleset=candidate.ruleset(), scope=scope, limit=limit, classifier=candidate.guesser)
    output = replay_command.Output(as_json=as_json, html=html, fail_if_moved=fail_if_moved)
    services = create_services(settings, config)
    work = replay_command.run(services, wish, processes=processes, output=output, progress=sys.stderr)
    raise typer.Exit(command_line.run(work))


def train(
    since: Annotated[str, typer.Option(metavar="DURATION", help="Learn from mails of this time.")] = "365d",
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the model goes.")] = Path("var/model.json"),
    precision: Annotated[
        float, typer.Option(min=0.5, max=1, help="How many of the guesses that decide must be right.")
    ] = 0.95,
) -> None:
    """Learn from the tickets that people worked on which queue a mail belongs to. It changes no ticket."""
    from bot.app import create_storage  # noqa: PLC0415 - as in cli.run

    try:
        from bot.training import command, split  # noqa: PLC0415
    except ImportError as error:
        command_line.fail(
            f"{error}. Training needs pip install 'deskbell[ml]'", command_line.EXIT_CONFIGURATION
        )
    start = command_line.ago(since, "--since")
    settings = command_line.settings()
    config = command_line.config(settings.deskbell_config, reads_model=False)
    examples = command_line.run(command.gather(create_storage(settings), config, since=start))
    try:
        command.run(examples, out=out, precision=precision)
    except split.TooFewError as error:
        command_line.fail(str(error), 1)
    except OSError as error:
        command_line.fail(f"{out} cannot be written: {error.strerror}", 1)


def suggest_tests(
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h.")] = "30d",
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
) -> None:
    """Print the tickets that people moved to another queue as tests to paste into support.yaml."""
    from bot import suggested_tests  # noqa: PLC0415 - as in cli.run
    from bot.app import create_storage  # noqa: PLC0415

    start = command_line.ago(since, "--since")
    settings = command_line.settings()
    config = command_line.config(settings.deskbell_config)

    async def gather() -> list[suggested_tests.Suggestion]:
        storage = create_storage(settings)
        try:
            return await suggested_tests.gather(storage, config, since=start, limit=limit)
        finally:
            await storage.database.close()

    if found := command_line.run(gather()):
        print(suggested_tests.as_yaml(found), end="")
    else:
        print("Nobody moved a ticket to another queue in this time.", file=sys.stderr)


def _stored_rotas(config: SupportConfig, *, at: datetime) -> Rotas:
    from bot.app import create_storage  # noqa: PLC0415 - as in cli.run
    from bot.simulation import stored  # noqa: PLC0415

    return command_line.run(stored.read(config, create_storage(command_line.settings()), at=at))


def _history(period: str) -> History:
    from bot.app import create_storage  # noqa: PLC0415 - as in cli.run
    from bot.check.history import History  # noqa: PLC0415

    start = command_line.ago(period, "--history")
    settings = command_line.settings()

    async def count(rules: Sequence[str]) -> dict[str, int]:
        storage = create_storage(settings)
        try:
            async with storage.reading() as uow:
                return await uow.rule_hits.counts_since(rules, start)
        finally:
            await storage.database.close()

    return History(
        period=command_line.duration(period, "--history"),
        hits_of=lambda rules: command_line.run(count(rules)),
    )
