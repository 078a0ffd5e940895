"""What the examination of a model says, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.training.tuning import Point


class ClassResult(NamedTuple):
    """How a queue fares when every first guess counts, sure or not."""

    queue: str
    precision: float | None
    """None where nothing was guessed to belong here."""
    recall: float | None
    """None where nothing belonged here."""
    mails: int
    """Mails that belong here."""


def by_class(queues: Sequence[str], guessed: Sequence[str], truth: Sequence[str]) -> Iterator[ClassResult]:
    """One for each queue."""
    pairs = list(zip(guessed, truth, strict=True))
    for queue in queues:
        right = sum(guess == wanted == queue for guess, wanted in pairs)
        taken, there = guessed.count(queue), truth.count(queue)
        yield ClassResult(queue, right / taken if taken else None, right / there if there else None, there)


def render(results: Sequence[ClassResult], outcome: Point, *, wanted: float) -> Iterator[str]:
    """The lines of the report."""
    width = max(len("queue"), *(len(result.queue) for result in results))
    yield f"{'queue':{width}}  precision  recall  mails"
    for queue, precision, recall, mails in results:
        yield f"{queue:{width}}  {_share(precision):>9}  {_share(recall):>6}  {mails:>5}"
    if outcome.threshold > 1:
        yield f"No threshold reaches the precision {_share(wanted)}: the model proposes, and never decides."
        return
    yield (
        f"From a probability of {outcome.threshold:.2f} on a guess decides: {_share(outcome.coverage)} of these mails, "
        f"{_share(outcome.precision)} of them rightly."
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value * 100:.1f} %"
