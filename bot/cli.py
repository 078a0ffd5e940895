"""The `deskbell` command."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import cli_bench, cli_dead_letters, cli_incidents, cli_on_call, cli_rules, command_line

if TYPE_CHECKING:
    from bot.doctor import Finding

app = typer.Typer(
    help="Deskbell: a Slack-first support desk for e-mail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_dead_letters.app, name="dead-letters")
rules_app = typer.Typer(help="What people said of the rules.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
incident_app = typer.Typer(help="What is known of an incident.", no_args_is_help=True)
app.add_typer(incident_app, name="incident")


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
        command_line.fail(str(error), command_line.EXIT_CONFIGURATION)
    except ImportError as error:
        command_line.fail(
            f"{error}. Install the sandbox: pip install 'deskbell[sandbox]'", command_line.EXIT_CONFIGURATION
        )
    except OSError as error:
        command_line.fail(
            f"cannot start: {error}. Other ports: --port and --sandbox-port", command_line.EXIT_UNAVAILABLE
        )
    except KeyboardInterrupt:
        print("\nStopped. The next start finds everything as it is.")


@app.command()
def run() -> None:
    """Run Deskbell with the environment and support.yaml."""
    _serve("run")


@app.command()
def web() -> None:
    """Run the part that takes in mail, answers Slack and shows traces; as many as you like, on PostgreSQL."""
    _serve("web")


@app.command()
def worker() -> None:
    """Run the part that performs the outbox and polls mailboxes; as many as you like, on PostgreSQL."""
    _serve("worker")


def _serve(role_name: str) -> None:
    from bot import serving  # noqa: PLC0415 - so that --help and check start fast
    from bot.app import create_app  # noqa: PLC0415
    from bot.errors import SettingsError  # noqa: PLC0415
    from bot.roles import Role  # noqa: PLC0415
    from bot.telemetry import configure_logging, log  # noqa: PLC0415
    from storage.errors import StorageUnavailableError  # noqa: PLC0415

    settings, role = command_line.settings(), Role(role_name)
    config = command_line.config(settings.deskbell_config)
    configure_logging(settings.deskbell_log_level)
    port = settings.deskbell_port if role.is_web else settings.deskbell_worker_port
    try:
        application = create_app(settings, config, role=role)
        log.info("starting", role=role, host=settings.deskbell_host, port=port)
        asyncio.run(serving.serve(application, host=settings.deskbell_host, port=port))
    except SettingsError as error:
        command_line.fail(str(error), command_line.EXIT_CONFIGURATION)
    except StorageUnavailableError as error:
        command_line.fail(f"the database cannot be used: {error}", command_line.EXIT_UNAVAILABLE)
    except OSError as error:
        command_line.fail(f"cannot start: {error}", command_line.EXIT_UNAVAILABLE)


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
    desk = command_line.config(path) if config or path.exists() else None
    if desk is None:
        print("no support.yaml here: nothing is routed; give one by --config", file=sys.stderr)
    if explain_command.run(files, provider=PROVIDERS[provider], config=desk, as_lines=jsonl):
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version; `run` does it too."""
    from bot.app import create_storage  # noqa: PLC0415 - as in run
    from storage import migrations  # noqa: PLC0415

    async def upgrade() -> bool:
        storage = create_storage(command_line.settings())
        try:
            return await migrations.upgrade(storage.database)
        finally:
            await storage.database.close()

    was_changed = command_line.run(upgrade())
    print(f"The database is at revision {migrations.HEAD}{'.' if was_changed else ' already.'}")


@app.command()
def doctor() -> None:
    """Ask the database, the broker, Slack and SMTP whether all is well; exits with 1 if something needs a hand."""
    from bot import adapters  # noqa: PLC0415
    from bot import doctor as doctor_module  # noqa: PLC0415 - as in run
    from bot.app import create_services  # noqa: PLC0415
    from bot.integrations.slack import SlackWorkspace  # noqa: PLC0415
    from bot.integrations.smtp import SmtpMailSender  # noqa: PLC0415

    settings = command_line.settings()
    config = command_line.config(settings.deskbell_config)

    async def examine() -> list[Finding]:
        services = create_services(settings, config)
        transport = adapters.transport(settings, services.storage)
        try:
            return await doctor_module.examine(
                services,
                workspace=SlackWorkspace.from_settings(settings),
                mail_sender=SmtpMailSender.from_settings(settings),
                transport=transport,
            )
        finally:
            if transport:
                await transport.close()
            await services.storage.database.close()
            if services.directory:
                await services.directory.close()
            for pager in services.pagers.values():
                await pager.close()

    findings = command_line.run(examine())
    for finding in findings:
        print(
            f"{'problem' if finding.problem else 'ok':8} {finding.name:9} {finding.problem or finding.detail}"
        )
    if any(finding.problem for finding in findings):
        raise typer.Exit(1)


for _command in (cli_bench.bench, cli_on_call.oncall, cli_rules.check, cli_rules.replay, cli_rules.train):
    app.command()(_command)
rules_app.command("suggest-tests")(cli_rules.suggest_tests)


@incident_app.callback()
def _incident() -> None:
    """What is known of an incident."""


incident_app.command("postmortem")(cli_incidents.postmortem)
