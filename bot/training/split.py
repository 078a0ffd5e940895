"""Which mails teach, which tune and which examine: by time, because the desk will meet tomorrow's mail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.training.mails import Example

FEWEST: Final = 100
"""Mails in all: less than that tells nothing about how often a guess is right."""
FEWEST_OF_QUEUE: Final = 10
"""Mails of a queue; those of a smaller one are left out."""
_TEACH: Final = 0.6
_TUNE: Final = 0.8


class TooFewError(Exception):
    """There is not enough to learn from; says how much is needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Three parts without a group in two of them, each later than the one before."""

    teach: Sequence[Example]
    tune: Sequence[Example]
    """For the temperature and the threshold."""
    examine: Sequence[Example]
    """For the report: the model has never seen them."""
    left_out: dict[str, int]
    """Mails by queue that has too few."""


def split(examples: Sequence[Example]) -> Split:
    """Split mails that come oldest first.

    Raises:
        TooFewError: there is not enough.
    """
    sizes = Counter(example.queue for example in examples)
    left_out = {queue: size for queue, size in sorted(sizes.items()) if size < FEWEST_OF_QUEUE}
    kept = [example for example in examples if example.queue not in left_out]
    _refuse_too_few(len(kept), len(sizes) - len(left_out))
    groups: dict[tuple[str, str], list[Example]] = {}
    for example in kept:
        groups.setdefault(example.group, []).append(example)
    parts: tuple[list[Example], ...] = ([], [], [])
    done = 0
    for group in groups.values():
        share = done / len(kept)
        parts[(share >= _TEACH) + (share >= _TUNE)].extend(group)
        done += len(group)
    teach, tune, examine = parts
    taught = {example.queue for example in teach}
    if len(taught) < 2 or not tune or not examine:  # noqa: PLR2004 - a choice needs two
        raise TooFewError(
            "the oldest mails are all of one queue, or all alike: train again when there are newer ones"
        )
    return Split(teach=teach, tune=tune, examine=examine, left_out=left_out)


def _refuse_too_few(mails: int, queues: int) -> None:
    if mails < FEWEST or queues < 2:  # noqa: PLR2004 - as above
        raise TooFewError(
            f"too few mails to learn from: {mails} in {queues} queues. Needed are {FEWEST}, in two queues or more with "
            f"{FEWEST_OF_QUEUE} each, whose tickets somebody has claimed, answered or resolved outside triage"
        )
