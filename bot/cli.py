"""The `deskbell` command."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from bot.check.history import History
    from bot.config import SupportConfig
    from bot.settings import Settings

EXIT_UNAVAILABLE = 75
"""EX_TEMPFAIL: a dependency is down; starting again later may work."""
EXIT_CONFIGURATION = 78
"""EX_CONFIG: the configuration or the environment must be changed first."""
_SHUTDOWN_SECONDS = 20
"""How long open requests may take to end after SIGTERM."""

app = typer.Typer(
    help="Deskbell: a Slack-first support desk for e-mail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
dead_letters_app = typer.Typer(help="What could not be delivered.", no_args_is_help=True)
app.add_typer(dead_letters_app, name="dead-letters")
rules_app = typer.Typer(help="What people said of the rules.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

T = TypeVar("T")
ConfigFile = Annotated[Path, typer.Argument(help="The configuration to check.")]


@app.command()
def demo(
    data_dir: Annotated[Path, typer.Option(help="Where tickets and mails are kept.")] = Path("var/demo"),
    port: Annotated[int, typer.Option(help="Port of Deskbell itself.")] = 8080,
    sandbox_port: Annotated[int, typer.Option(help="Port of the page with Slack and the mailbox.")] = 8090,
) -> None:
    """Start everything on this machine, with a stand-in for Slack and a mailbox. No account needed."""
    from bot.yaml_file import ConfigError  # noqa: PLC0415 - as in run

    try:
        from bot import demo as demo_module  # noqa: PLC0415 - the sandbox is loaded for the demo only

        asyncio.run(demo_module.run(data_dir=data_dir, port=port, sandbox_port=sandbox_port))
    except ConfigError as error:
        _fail(str(error), EXIT_CONFIGURATION)
    except ImportError as error:
        _fail(f"{error}. Install the sandbox: pip install 'deskbell[sandbox]'", EXIT_CONFIGURATION)
    except OSError as error:
        _fail(f"cannot start: {error}. Other ports: --port and --sandbox-port", EXIT_UNAVAILABLE)
    except KeyboardInterrupt:
        print("\nStopped. The next start finds everything as it is.")


@app.command()
def run() -> None:
    """Run Deskbell with the environment and support.yaml."""
    from aiohttp import web  # noqa: PLC0415 - so that --help and check start fast

    from bot.app import create_app  # noqa: PLC0415
    from bot.errors import SettingsError  # noqa: PLC0415
    from bot.telemetry import configure_logging, log  # noqa: PLC0415
    from storage.errors import StorageUnavailableError  # noqa: PLC0415

    settings = _settings()
    config = _config(settings.deskbell_config)
    configure_logging(settings.deskbell_log_level)
    try:
        application = create_app(settings, config)
        log.info("starting", host=settings.deskbell_host, port=settings.deskbell_port)
        web.run_app(
            application,
            host=settings.deskbell_host,
            port=settings.deskbell_port,
            access_log=None,
            print=None,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
    except SettingsError as error:
        _fail(str(error), EXIT_CONFIGURATION)
    except StorageUnavailableError as error:
        _fail(f"the database cannot be used: {error}", EXIT_UNAVAILABLE)
    except OSError as error:
        _fail(f"cannot start: {error}", EXIT_UNAVAILABLE)


@app.command()
def check(
    path: ConfigFile = Path("support.yaml"),
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002 - a flag
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,  # noqa: FBT002 - a flag
    history: Annotated[
        str | None,
        typer.Option(metavar="30d", help="Also ask the database for rules without a mail so long."),
    ] = None,
) -> None:
    """Check support.yaml and run its tests; prints each problem as file:line:col, exits with 78 on an error."""
    from bot.check import command  # noqa: PLC0415 - as in run

    stored = _history(history) if history else None
    if not command.run(path, as_json=as_json, history=stored, is_strict=strict):
        raise typer.Exit(EXIT_CONFIGURATION)


@app.command()
def explain(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Mails; - is standard input.")],
    provider: Annotated[str, typer.Option(help="Whose payload it is; raw for the mail itself.")] = "raw",
    config: Annotated[
        Path | None, typer.Option(envvar="DESKBELL_CONFIG", help="The desk; support.yaml if there is one.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One line a mail.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Print what Deskbell sees in mails and would do with them, as JSON. It changes nothing."""
    from bot import explain_command  # noqa: PLC0415 - as in run
    from bot.intake.providers import PROVIDERS  # noqa: PLC0415

    if provider not in PROVIDERS:
        raise typer.BadParameter(f"there are {', '.join(PROVIDERS)}", param_hint="--provider")
    path = config or Path("support.yaml")
    desk = _config(path) if config or path.exists() else None
    if desk is None:
        print("no support.yaml here: nothing is routed; give one by --config", file=sys.stderr)
    if explain_command.run(files, provider=PROVIDERS[provider], config=desk, as_lines=jsonl):
        raise typer.Exit(1)


@app.command()
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
    from bot import replay_command  # noqa: PLC0415 - as in run
    from bot.app import create_services  # noqa: PLC0415
    from bot.clock import utc_now  # noqa: PLC0415
    from bot.replaying.runner import Wish  # noqa: PLC0415

    settings = _settings()
    config = _config(settings.deskbell_config)
    candidate = _config(rules) if rules else config
    scope = replay_command.scope(
        since=since, queue=queue, intent=intent, known=(config, candidate), now=utc_now()
    )
    wish = Wish(ruleset=candidate.ruleset(), scope=scope, limit=limit, classifier=candidate.guesser)
    output = replay_command.Output(as_json=as_json, html=html, fail_if_moved=fail_if_moved)
    services = create_services(settings, config)
    work = replay_command.run(services, wish, processes=processes, output=output, progress=sys.stderr)
    raise typer.Exit(_run(work))


@app.command()
def train(
    since: Annotated[str, typer.Option(metavar="DURATION", help="Learn from mails of this time.")] = "365d",
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the model goes.")] = Path("var/model.json"),
    precision: Annotated[
        float, typer.Option(min=0.5, max=1, help="How many of the guesses that decide must be right.")
    ] = 0.95,
) -> None:
    """Learn from the tickets that people worked on which queue a mail belongs to. It changes no ticket."""
    from bot.app import create_storage  # noqa: PLC0415 - as in run
    from bot.clock import utc_now  # noqa: PLC0415
    from routing import sla  # noqa: PLC0415

    try:
        from bot.training import command, split  # noqa: PLC0415
    except ImportError as error:
        _fail(f"{error}. Training needs pip install 'deskbell[ml]'", EXIT_CONFIGURATION)
    try:
        start = utc_now() - sla.parse_duration(since)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    settings = _settings()
    config = _config(settings.deskbell_config, reads_model=False)
    examples = _run(command.gather(create_storage(settings), config, since=start))
    try:
        command.run(examples, out=out, precision=precision)
    except split.TooFewError as error:
        _fail(str(error), 1)
    except OSError as error:
        _fail(f"{out} cannot be written: {error.strerror}", 1)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version; `run` does it too."""
    from bot.app import create_storage  # noqa: PLC0415 - as in run
    from storage import migrations  # noqa: PLC0415

    async def upgrade() -> bool:
        storage = create_storage(_settings())
        try:
            return await migrations.upgrade(storage.database)
        finally:
            await storage.database.close()

    was_changed = _run(upgrade())
    print(f"The database is at revision {migrations.HEAD}{'.' if was_changed else ' already.'}")


@app.command()
def doctor() -> None:
    """Ask the database, Slack and SMTP whether all is well; exits with 1 if something needs a hand."""
    from bot import doctor as doctor_module  # noqa: PLC0415 - as in run
    from bot.app import create_services  # noqa: PLC0415
    from bot.doctor import Finding  # noqa: PLC0415, TC001
    from bot.integrations.slack import SlackWorkspace  # noqa: PLC0415
    from bot.integrations.smtp import SmtpMailSender  # noqa: PLC0415

    settings = _settings()
    config = _config(settings.deskbell_config)

    async def examine() -> list[Finding]:
        services = create_services(settings, config)
        try:
            return await doctor_module.examine(
                services,
                workspace=SlackWorkspace.from_settings(settings),
                mail_sender=SmtpMailSender.from_settings(settings),
            )
        finally:
            await services.storage.database.close()
            if services.directory:
                await services.directory.close()

    findings = _run(examine())
    for finding in findings:
        print(
            f"{'problem' if finding.problem else 'ok':8} {finding.name:9} {finding.problem or finding.detail}"
        )
    if any(finding.problem for finding in findings):
        raise typer.Exit(1)


@dead_letters_app.command("list")
def list_dead_letters(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
) -> None:
    """List what was given up, newest first."""
    from bot.app import create_storage  # noqa: PLC0415 - as in run
    from storage.outbox import OutboxEntry  # noqa: PLC0415, TC001

    async def read() -> list[OutboxEntry]:
        storage = create_storage(_settings())
        try:
            async with storage.reading() as uow:
                return await uow.outbox.dead(limit=limit)
        finally:
            await storage.database.close()

    entries = _run(read())
    for entry in entries:
        print(
            f"{entry.id}\t{entry.kind}\t{entry.lane}\t{entry.created_at:%Y-%m-%d %H:%M}Z\t{entry.last_error}"
        )
    if not entries:
        print("No dead letters: everything was delivered.", file=sys.stderr)


@dead_letters_app.command("retry")
def retry_dead_letters(ids: Annotated[list[int], typer.Argument(help="Numbers from the list.")]) -> None:
    """Try dead letters again."""
    from bot.app import create_storage  # noqa: PLC0415 - as in run
    from bot.clock import utc_now  # noqa: PLC0415

    async def redrive() -> list[int]:
        storage = create_storage(_settings())
        try:
            async with storage.unit_of_work() as uow:
                missing = [entry for entry in ids if not await uow.outbox.redrive(entry, now=utc_now())]
                await uow.commit()
        finally:
            await storage.database.close()
        return missing

    missing = _run(redrive())
    if missing:
        _fail(f"not dead letters: {', '.join(map(str, missing))}", 1)
    print(f"{len(ids)} will be tried again within seconds by the running Deskbell.")


@rules_app.command("suggest-tests")
def suggest_tests(
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h.")] = "30d",
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
) -> None:
    """Print the tickets that people moved to another queue as tests to paste into support.yaml."""
    from bot import suggested_tests  # noqa: PLC0415 - as in run
    from bot.app import create_storage  # noqa: PLC0415
    from bot.clock import utc_now  # noqa: PLC0415
    from routing import sla  # noqa: PLC0415

    try:
        start = utc_now() - sla.parse_duration(since)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    settings = _settings()
    config = _config(settings.deskbell_config)

    async def gather() -> list[suggested_tests.Suggestion]:
        storage = create_storage(settings)
        try:
            return await suggested_tests.gather(storage, config, since=start, limit=limit)
        finally:
            await storage.database.close()

    if found := _run(gather()):
        print(suggested_tests.as_yaml(found), end="")
    else:
        print("Nobody moved a ticket to another queue in this time.", file=sys.stderr)


def _history(period: str) -> History:
    from bot.app import create_storage  # noqa: PLC0415 - as in run
    from bot.check.history import History  # noqa: PLC0415
    from bot.clock import utc_now  # noqa: PLC0415
    from routing import sla  # noqa: PLC0415

    try:
        duration = sla.parse_duration(period)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--history") from error
    settings = _settings()

    async def count(rules: Sequence[str]) -> dict[str, int]:
        storage = create_storage(settings)
        try:
            async with storage.reading() as uow:
                return await uow.rule_hits.counts_since(rules, utc_now() - duration)
        finally:
            await storage.database.close()

    return History(period=duration, hits_of=lambda rules: _run(count(rules)))


def _settings() -> Settings:
    from bot import settings as settings_module  # noqa: PLC0415 - as in run
    from bot.errors import SettingsError  # noqa: PLC0415

    try:
        return settings_module.load()
    except SettingsError as error:
        _fail(str(error), EXIT_CONFIGURATION)


def _config(path: Path, *, reads_model: bool = True) -> SupportConfig:
    from bot import config  # noqa: PLC0415 - as in run

    try:
        return config.load(path, reads_model=reads_model)
    except config.ConfigError as error:
        _fail(str(error), EXIT_CONFIGURATION)


def _run(work: Coroutine[object, object, T]) -> T:
    from bot.errors import SettingsError  # noqa: PLC0415 - as in run
    from storage.errors import StorageUnavailableError  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except SettingsError as error:
        _fail(str(error), EXIT_CONFIGURATION)
    except StorageUnavailableError as error:
        _fail(f"the database cannot be used: {error}", EXIT_UNAVAILABLE)


def _fail(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(code)
