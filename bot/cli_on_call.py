"""The command about on-call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot import command_line

if TYPE_CHECKING:
    from datetime import datetime
    from enum import StrEnum
    from zoneinfo import ZoneInfo

    from bot.config import SupportConfig
    from bot.simulation.forecast import Forecast
    from bot.simulation.rotas import Rotas
    from bot.simulation.words import Names
    from bot.slack_people import SlackPeople

    Choice = TypeVar("Choice", bound=StrEnum)

_PICTURES = (".png", ".svg")


def oncall(
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="2026-12-24T03:00 by the clocks of the schedule, or with an offset; now by default.",
        ),
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Whom an escalation of a ticket here would call.")] = None,
    priority: Annotated[str, typer.Option(help="The ticket's: low, normal, high or urgent.")] = "normal",
    trigger: Annotated[
        str, typer.Option(help="What starts it: pressed, unclaimed, sla_breach...")
    ] = "pressed",
    claimed: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--claimed/--unclaimed", help="Whether somebody has the ticket.")
    ] = False,
    storm: Annotated[bool, typer.Option("--storm", help="Very many tickets come.")] = False,  # noqa: FBT002 - a flag
    timeline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also draw it, as .png or .svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002 - a flag
    slack: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--slack", help="Ask Slack for names, and for the members of user groups.")
    ] = False,
    config: Annotated[Path, typer.Option(envvar="DESKBELL_CONFIG", help="The desk.")] = Path("support.yaml"),
) -> None:
    """Print who is on call; with --queue who would be told what, and when, if nobody acknowledged."""
    from bot.simulation import command, forecast  # noqa: PLC0415 - as in cli.run
    from routing.decision import Priority  # noqa: PLC0415
    from routing.escalation import Trigger  # noqa: PLC0415
    from routing.escalation_simulation import Assumption  # noqa: PLC0415

    desk = command_line.config(config)
    _refuse(desk, queue=queue, timeline=timeline)
    zone = _zone(desk, queue)
    moment = _moment(at, zone)
    rotas, names = _known(desk, moment, slack=slack)
    if queue is None:
        command.show_overview(desk, rotas, at=moment, names=names, as_json=as_json)
        return
    ticket = Assumption(
        queue=queue,
        priority=_chosen(Priority, priority, "--priority"),
        is_unclaimed=not claimed,
        is_storm=storm,
    )
    wish = forecast.Wish(ticket=ticket, trigger=_chosen(Trigger, trigger, "--trigger"), at=moment, zone=zone)
    found = forecast.make(desk, wish, rotas)
    command.show_forecast(found, names=names, as_json=as_json)
    if timeline:
        _draw(timeline, found, rotas, names)


def _refuse(desk: SupportConfig, *, queue: str | None, timeline: Path | None) -> None:
    if queue is not None and queue not in desk.queues:
        there_are = ", ".join(sorted(desk.queues))
        raise typer.BadParameter(f"no queue is called {queue!r}; there are {there_are}", param_hint="--queue")
    if timeline and queue is None:
        raise typer.BadParameter("whose? Give a --queue, too", param_hint="--timeline")
    if timeline and timeline.suffix not in _PICTURES:
        raise typer.BadParameter("a picture ends in .png or .svg", param_hint="--timeline")


def _zone(desk: SupportConfig, queue: str | None) -> ZoneInfo:
    """Whose clocks are meant: those of the queue's schedule, else of the first one, else of the business hours."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - as in cli.run

    on_call = desk.queues[queue].on_call if queue else next(iter(desk.schedules), "")
    described = desk.schedules.get(on_call)
    return ZoneInfo(described.zone if described else desk.business_hours.zone)


def _moment(written: str | None, zone: ZoneInfo) -> datetime:
    from datetime import UTC, datetime  # noqa: PLC0415 - as in cli.run

    from bot.clock import utc_now  # noqa: PLC0415
    from routing import wall_clock  # noqa: PLC0415

    if written is None:
        return utc_now().replace(second=0, microsecond=0)
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        message = f"{written!r} is no time: write one such as 2026-12-24T03:00"
        raise typer.BadParameter(message, param_hint="--at") from error
    return at.astimezone(UTC) if at.tzinfo else wall_clock.instant(at, zone)


def _chosen(choices: type[Choice], written: str, option: str) -> Choice:
    try:
        return choices(written)
    except ValueError as error:
        raise typer.BadParameter(f"there are {', '.join(choices)}", param_hint=option) from error


def _known(desk: SupportConfig, at: datetime, *, slack: bool) -> tuple[Rotas, Names]:
    """The schedules, and what people are called."""
    from dataclasses import replace  # noqa: PLC0415 - as in cli.run

    rotas = _rotas(desk, at)
    if not slack:
        return rotas, str
    people = ask_slack(desk)
    return replace(rotas, members=people.members), people.name


def _rotas(desk: SupportConfig, at: datetime) -> Rotas:
    """As the database has them, if there is one; else as they are written, which is said."""
    from bot.simulation.rotas import Rotas  # noqa: PLC0415 - as in cli.run

    rotas, reason = _stored(desk, at) if desk.schedules else (Rotas(), "")
    if reason:
        typer.echo(f"Schedules are as written, without overrides and other calendars: {reason}", err=True)
    return rotas or Rotas.written(desk)


def _stored(desk: SupportConfig, at: datetime) -> tuple[Rotas | None, str]:
    """What the database knows; None with the reason where it cannot be asked."""
    import asyncio  # noqa: PLC0415 - as in cli.run

    from bot import settings as settings_module  # noqa: PLC0415
    from bot.app import create_storage  # noqa: PLC0415
    from bot.errors import SettingsError  # noqa: PLC0415
    from bot.simulation import stored  # noqa: PLC0415
    from storage.errors import StorageUnavailableError  # noqa: PLC0415

    try:
        storage = create_storage(settings_module.load())
        file = storage.database.url.database
        if storage.database.is_sqlite and not (file and Path(file).exists()):
            return None, "there is no database yet."
        return asyncio.run(stored.read(desk, storage, at=at)), ""
    except SettingsError:
        return None, "this is not the environment of deskbell run."
    except StorageUnavailableError as error:
        return None, f"the database cannot be used: {error}"


def ask_slack(desk: SupportConfig) -> SlackPeople:
    """All users and user groups that a desk names; ends with 75 where Slack does not answer."""
    from bot import slack_people  # noqa: PLC0415 - as in cli.run
    from bot.errors import DeliveryError  # noqa: PLC0415
    from bot.integrations.slack import SlackWorkspace  # noqa: PLC0415

    workspace = SlackWorkspace.from_settings(command_line.settings())
    try:
        return command_line.run(slack_people.ask(workspace, slack_people.named(desk)))
    except DeliveryError as error:
        command_line.fail(f"Slack cannot be asked: {error}", command_line.EXIT_UNAVAILABLE)


def _draw(path: Path, found: Forecast, rotas: Rotas, names: Names) -> None:
    from bot.simulation import command  # noqa: PLC0415 - as in cli.run

    try:
        command.draw(path, found, rotas, names=names)
    except ImportError as error:
        message = f"{error}. Pictures need pip install 'deskbell[charts]'"
        command_line.fail(message, command_line.EXIT_CONFIGURATION)
    except OSError as error:
        command_line.fail(f"{path} cannot be written: {error.strerror}", 1)
