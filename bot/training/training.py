"""From labelled mails to a model that was examined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.training import fitting, report, tuning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.training.mails import Example
    from bot.training.report import ClassResult
    from bot.training.split import Split
    from bot.training.tuning import Point
    from routing.email import InboundEmail
    from routing.model_file import LinearModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A model and how good it is."""

    model: LinearModel
    results: tuple[ClassResult, ...]
    outcome: Point
    """What its threshold leads to."""
    curve: tuple[Point, ...]


def train(parts: Split, *, precision: float) -> Trained:
    """Fit, tune, examine; the model that was examined is the one that is given."""
    pipeline = fitting.fit(*_columns(parts.teach))
    classes = [str(name) for name in pipeline.classes_]
    emails, truth = _columns(parts.tune)
    scores = fitting.scores(pipeline, emails)
    heat = tuning.temperature(scores, _numbers(classes, truth))
    chosen = tuning.threshold(
        tuning.curve(tuning.probabilities(scores, heat), _numbers(classes, truth)), precision
    )
    emails, truth = _columns(parts.examine)
    chances = tuning.probabilities(fitting.scores(pipeline, emails), heat)
    guessed = [classes[column] for column in chances.argmax(axis=1)]
    about: dict[str, str | int | float] = {
        "mails": len(parts.teach),
        "until": parts.teach[-1].email.received_at.isoformat(),
        "wanted_precision": precision,
    }
    return Trained(
        model=fitting.exported(pipeline, temperature=heat, threshold=chosen, about=about),
        results=tuple(report.by_class(classes, guessed, truth)),
        outcome=tuning.at(chosen, chances, _numbers(classes, truth)),
        curve=tuple(tuning.curve(chances, _numbers(classes, truth))),
    )


def _columns(examples: Sequence[Example]) -> tuple[list[InboundEmail], list[str]]:
    return [example.email for example in examples], [example.queue for example in examples]


def _numbers(classes: list[str], truth: list[str]) -> list[int]:
    return [classes.index(queue) if queue in classes else -1 for queue in truth]
