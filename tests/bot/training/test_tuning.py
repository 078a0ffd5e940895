from __future__ import annotations

import numpy as np
import pytest

from bot.training import tuning
from routing.guesses import NEVER


def test_a_model_that_is_too_sure_gets_a_temperature_above_one() -> None:
    scores = np.array([[8.0, 0.0]] * 10)
    truth = [0] * 7 + [1] * 3
    heat = tuning.temperature(scores, truth)
    assert tuning.probabilities(scores, heat)[0, 0] == pytest.approx(0.7, abs=0.02)


def test_the_threshold_is_the_lowest_with_the_wanted_precision() -> None:
    chances = np.array([[0.9, 0.1]] * 30 + [[0.7, 0.3]] * 10)
    truth = [0] * 30 + [0] * 5 + [1] * 5
    points = tuning.curve(chances, truth)
    assert [(point.threshold, point.precision, point.coverage) for point in points] == [
        (0.7, 0.875, 1.0),
        (0.9, 1.0, 0.75),
    ]
    assert tuning.threshold(points, 0.8) == 0.7
    assert tuning.threshold(points, 0.95) == 0.9


def test_what_was_met_by_luck_decides_nothing() -> None:
    points = tuning.curve(np.array([[0.99, 0.01]] * 5 + [[0.6, 0.4]] * 30), [0] * 5 + [1] * 30)
    assert tuning.threshold(points, 0.95) == NEVER


def test_a_queue_that_was_never_taught_counts_as_wrong() -> None:
    (point,) = tuning.curve(np.array([[0.9, 0.1]] * 2), [0, -1])
    assert point.precision == 0.5
