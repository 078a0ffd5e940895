"""The commands about dead letters: list, show, retry, discard."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot import command_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

app = typer.Typer(help="What could not be delivered.", no_args_is_help=True)

T = TypeVar("T")
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers from the list.")]


@app.command("list")
def list_newest(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON each.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """List what was given up, newest first."""
    entries = _within(lambda uow: uow.outbox.dead(limit=limit))
    for entry in entries:
        print(json.dumps(_shown(entry)) if as_json else _line(entry))
    if not entries:
        print("No dead letters: everything was delivered.", file=sys.stderr)


@app.command()
def show(entry_id: Annotated[int, typer.Argument(metavar="ID", help="A number from the list.")]) -> None:
    """Print one as JSON, with what it was to deliver."""
    entry = _within(lambda uow: uow.outbox.dead_letter(entry_id))
    if entry is None:
        command_line.fail(f"not a dead letter: {entry_id}", 1)
    print(json.dumps(_shown(entry) | {"payload": entry.payload}, indent=2, ensure_ascii=False))


@app.command()
def retry(ids: Ids) -> None:
    """Try dead letters again."""
    _each(ids, lambda uow, entry_id, now: uow.outbox.redrive(entry_id, now=now()))
    print(f"{len(ids)} will be tried again within seconds by the running Deskbell.")


@app.command()
def discard(ids: Ids) -> None:
    """Give dead letters up for good: they are listed no more, and their traces say so."""
    from bot.desk import dead_letters  # noqa: PLC0415 - so that --help starts fast
    from bot.errors import NotAllowedError  # noqa: PLC0415

    try:
        _each(ids, lambda uow, entry_id, now: dead_letters.give_up(uow, entry_id, now=now()))
    except NotAllowedError as error:
        command_line.fail(str(error), 1)
    print(f"{len(ids)} discarded.")


def _line(entry: OutboxEntry) -> str:
    created_at = f"{entry.created_at:%Y-%m-%d %H:%M}Z"
    return "\t".join((str(entry.id), entry.kind, entry.lane, created_at, entry.last_error or ""))


def _shown(entry: OutboxEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "lane": entry.lane,
        "trace_id": entry.trace_id,
        "attempts": entry.attempts,
        "created_at": entry.created_at.isoformat(),
        "given_up_at": entry.done_at.isoformat() if entry.done_at else None,
        "reason": entry.last_error,
    }


def _each(ids: list[int], change: Callable[[UnitOfWork, int, Clock], Awaitable[str | None]]) -> None:
    """Change each that is a dead letter; ends with 1 and the numbers of those that are none."""
    from bot.clock import utc_now  # noqa: PLC0415 - so that --help starts fast

    async def change_all(uow: UnitOfWork) -> list[int]:
        missing = [entry_id for entry_id in ids if not await change(uow, entry_id, utc_now)]
        await uow.commit()
        return missing

    if missing := _within(change_all):
        command_line.fail(f"not dead letters: {', '.join(map(str, missing))}", 1)


def _within(work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Do something in a transaction of the configured database."""
    from bot.app import create_storage  # noqa: PLC0415 - as above

    async def do() -> T:
        storage = create_storage(command_line.settings())
        try:
            async with storage.unit_of_work() as uow:
                return await work(uow)
        finally:
            await storage.database.close()

    return command_line.run(do())
