"""The commands about incidents."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bot import command_line


def postmortem(
    incident: Annotated[str, typer.Argument(metavar="ID", help="INC-7, or just 7.")],
) -> None:
    """Print the draft of an incident's postmortem, as Markdown."""
    from bot.app import create_services  # noqa: PLC0415 - as in cli.run
    from bot.incidents import postmortem as draft  # noqa: PLC0415
    from storage.errors import NotFoundError  # noqa: PLC0415

    number = re.fullmatch(r"(?:INC-)?(\d{1,9})", incident, re.IGNORECASE | re.ASCII)
    if number is None:
        raise typer.BadParameter("write INC-7, or just 7", param_hint="ID")

    async def write() -> str:
        settings = command_line.settings()
        services = create_services(settings, command_line.config(settings.deskbell_config))
        try:
            return await draft.write(services, int(number[1]))
        finally:
            await services.storage.database.close()

    try:
        written = command_line.run(write())
    except NotFoundError as error:
        command_line.fail(str(error), 1)
    # As bytes: a locale that knows ASCII only must not end it.
    typer.echo(written.encode("utf-8", "replace"), nl=False)
