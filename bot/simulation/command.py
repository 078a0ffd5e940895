"""`deskbell oncall`: prints who is on call, or what an escalation would do, and draws it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from bot.simulation import overview, table, words
from routing import escalation_simulation as simulation

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.simulation.forecast import Forecast
    from bot.simulation.rotas import Rotas
    from bot.simulation.words import Names
    from routing.escalation_simulation import Told


def show_overview(config: SupportConfig, rotas: Rotas, *, at: datetime, names: Names, as_json: bool) -> None:
    """Print who is on call at a time, and who is next."""
    if as_json:
        _print(_dumped(overview.as_json(config, rotas, at=at)))
    else:
        _print(overview.render(config, rotas, at=at, names=names))


def show_forecast(forecast: Forecast, *, names: Names, as_json: bool) -> None:
    """Print what would happen."""
    _print(_dumped(_as_json(forecast)) if as_json else table.render(forecast, names=names))


def draw(path: Path, forecast: Forecast, rotas: Rotas, *, names: Names) -> None:
    """Write the timeline.

    Raises:
        ImportError: the extra `charts` is not installed.
        OSError: the file cannot be written.
    """
    from bot.simulation import timeline  # noqa: PLC0415 - an extra, and large

    timeline.draw(path, forecast, rotas, names=names)
    typer.echo(f"{path} is written.", err=True)


def _as_json(forecast: Forecast) -> dict[str, Any]:
    wish = forecast.wish
    return {
        "queue": wish.ticket.queue,
        "policy": forecast.policy_name,
        "priority": forecast.priority,
        "trigger": wish.trigger,
        "is_started_by_trigger": forecast.is_started_by_trigger,
        "unclaimed": wish.ticket.is_unclaimed,
        "zone": wish.zone.key,
        "starts_at": _local(wish.at, forecast),
        "told": [_line(line, forecast) for line in forecast.lines],
    }


def _line(line: Told, forecast: Forecast) -> dict[str, Any]:
    return {
        "at": _local(line.at, forecast),
        "after": simulation.written(line.at - forecast.wish.at),
        "round": line.round,
        "step": line.step,
        "does": words.does(line),
        "whom": line.whom,
        "by": line.lane,
        "until": _local(line.until, forecast) if line.until else None,
        "skipped": line.skipped or None,
    }


def _local(at: datetime, forecast: Forecast) -> str:
    return at.astimezone(forecast.wish.zone).isoformat()


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _print(text: str) -> None:
    # As bytes: a locale that knows ASCII only must not end the run.
    typer.echo(text.encode("utf-8", "replace"))
