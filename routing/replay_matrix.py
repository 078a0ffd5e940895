"""The moves of a report as a table: a row for each queue that mails leave, a column for each that they go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from routing.replay import Report


class Matrix(NamedTuple):
    """Only the queues that something moves between, by name."""

    targets: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    """Each queue with a count for each of the targets."""
    largest: int


def of(report: Report) -> Matrix:
    """The table."""
    counts = {(move.from_queue, move.to_queue): move.count for move in report.moves}
    sources = sorted({source for source, _ in counts})
    targets = tuple(sorted({target for _, target in counts}))
    return Matrix(
        targets=targets,
        rows=tuple(
            (source, tuple(counts.get((source, target), 0) for target in targets)) for source in sources
        ),
        largest=max(counts.values(), default=0),
    )
