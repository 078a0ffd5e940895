"""`deskbell train`: reads, trains, writes the model and its curve, prints the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.training import curve, mails, report, split, training
from routing import model_file

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.training.mails import Example
    from storage.unit_of_work import Storage


async def gather(storage: Storage, config: SupportConfig, *, since: datetime) -> list[Example]:
    """What there is to learn from; who leaves a mail in triage does not say where it belongs."""
    try:
        queues = config.queues.keys() - {config.desk.triage_queue}
        return await mails.gather(storage, since=since, queues=queues)
    finally:
        await storage.database.close()


def run(examples: list[Example], *, out: Path, precision: float) -> None:
    """Train and write.

    Raises:
        TooFewError: there is not enough to learn from.
        OSError: the model cannot be written.
    """
    parts = split.split(examples)
    typer.echo(
        f"{len(examples)} mails: {len(parts.teach)} teach, {len(parts.tune)} tune, "
        f"{len(parts.examine)} newer ones examine.",
        err=True,
    )
    for queue, count in parts.left_out.items():
        typer.echo(f"{queue} is left out: {count} mails are too few.", err=True)
    trained = training.train(parts, precision=precision)
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = out.with_suffix(".png")
    curve.draw(picture, trained.curve, threshold=trained.model.threshold, wanted=precision)
    waiting = out.with_name(f".{out.name}.new")
    waiting.write_bytes(model_file.write(trained.model))
    waiting.replace(out)  # so that a reload never reads half of it
    for line in report.render(trained.results, trained.outcome, wanted=precision):
        typer.echo(line)
    typer.echo(f"{out} is {trained.model.name}; its curve is {picture}.", err=True)
    typer.echo(f"To use it: classifier: {{model: {out}}} in support.yaml, then reload.", err=True)
