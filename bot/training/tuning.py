"""How far to believe a model: its temperature, the threshold for a wanted precision, and what both lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from routing.guesses import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_TEMPERATURES: Final = np.geomspace(0.05, 20, 400)
LEAST_EVIDENCE: Final = 20
"""Guesses; a threshold that lets fewer through was met by luck."""


class Point(NamedTuple):
    """What a threshold leads to."""

    threshold: float
    precision: float
    """Share of right ones among the guesses that decide."""
    coverage: float
    """Share of mails that a guess decides."""
    decided: int


def probabilities(scores: Numbers, temperature: float) -> Numbers:
    """Softmax, row by row."""
    scaled = scores / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: Numbers = powers / powers.sum(axis=1, keepdims=True)
    return result


def temperature(scores: Numbers, truth: Sequence[int]) -> float:
    """The one that makes the right queues likeliest; `truth` is the column of each row's, -1 for none of them."""
    known = np.asarray(truth) >= 0
    rows, columns = scores[known], np.asarray(truth)[known]

    def loss(value: float) -> float:
        chances = probabilities(rows, value)[np.arange(len(columns)), columns]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    return float(min(_TEMPERATURES, key=loss))


def curve(chances: Numbers, truth: Sequence[int]) -> list[Point]:
    """A point for each probability of a first guess, the lowest first."""
    best, sure = chances.argmax(axis=1), chances.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum((best == np.asarray(truth))[order])
    decided = np.arange(1, len(order) + 1)
    points = [
        Point(float(sure[row]), float(right[n] / decided[n]), float(decided[n] / len(order)), int(decided[n]))
        for n, row in enumerate(order)
        # Equal probabilities decide together.
        if n + 1 == len(order) or sure[order[n + 1]] < sure[row]
    ]
    return points[::-1]


def threshold(points: Sequence[Point], precision: float) -> float:
    """The lowest from which on as many guesses are right as wanted; one that is never reached where none does."""
    enough = (
        point.threshold
        for point in points
        if point.precision >= precision and point.decided >= LEAST_EVIDENCE
    )
    return round(next(enough, NEVER), 4)


def at(threshold: float, chances: Numbers, truth: Sequence[int]) -> Point:
    """What a threshold leads to for other mails than those that it was chosen by."""
    best, sure = chances.argmax(axis=1), chances.max(axis=1)
    decides = sure >= threshold
    right = int((best == np.asarray(truth))[decides].sum())
    decided = int(decides.sum())
    return Point(threshold, right / decided if decided else 1.0, decided / len(sure), decided)
