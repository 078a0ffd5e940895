"""What the commands share: settings and configuration or a clear end, and the codes that they end with."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime, timedelta
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.settings import Settings

EXIT_UNAVAILABLE = 75
"""EX_TEMPFAIL: a dependency is down; starting again later may work."""
EXIT_CONFIGURATION = 78
"""EX_CONFIG: the configuration or the environment must be changed first."""

T = TypeVar("T")


def settings() -> Settings:
    """The environment; ends with 78 where it is wrong."""
    from bot import settings as settings_module  # noqa: PLC0415 - so that --help starts fast
    from bot.errors import SettingsError  # noqa: PLC0415

    try:
        return settings_module.load()
    except SettingsError as error:
        fail(str(error), EXIT_CONFIGURATION)


def config(path: Path, *, reads_model: bool = True) -> SupportConfig:
    """A support.yaml; ends with 78 where it cannot be used."""
    from bot import config as config_module  # noqa: PLC0415 - as above

    try:
        return config_module.load(path, reads_model=reads_model)
    except config_module.ConfigError as error:
        fail(str(error), EXIT_CONFIGURATION)


def run(work: Coroutine[object, object, T]) -> T:
    """Run to the end; ends with 75 where the database does not answer."""
    from bot.errors import SettingsError  # noqa: PLC0415 - as above
    from storage.errors import StorageUnavailableError  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except SettingsError as error:
        fail(str(error), EXIT_CONFIGURATION)
    except StorageUnavailableError as error:
        fail(f"the database cannot be used: {error}", EXIT_UNAVAILABLE)


def fail(message: str, code: int) -> NoReturn:
    """End with a message on standard error."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)


def duration(written: str, option: str) -> timedelta:
    """Read `30d`; anything else is wrong usage of the option."""
    from routing import sla  # noqa: PLC0415 - as above

    try:
        return sla.parse_duration(written)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def ago(written: str, option: str) -> datetime:
    """The time that so long ago was."""
    from bot.clock import utc_now  # noqa: PLC0415 - as above

    try:
        return utc_now() - duration(written, option)
    except OverflowError as error:
        raise typer.BadParameter("so long ago there was no mail", param_hint=option) from error
