"""Precision and coverage by threshold, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.training.tuning import LEAST_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.training.tuning import Point


def draw(path: Path, points: Sequence[Point], *, threshold: float, wanted: float) -> None:
    """Write a PNG; the same numbers always give the same picture."""
    figure = Figure(figsize=(7, 4.2), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    points = [point for point in points if point.decided >= LEAST_EVIDENCE]  # what is beyond them is chance
    at = [point.threshold for point in points]
    axes.plot(
        at, [point.precision for point in points], color="#0b6e4f", label="precision: guesses that are right"
    )
    axes.plot(
        at,
        [point.coverage for point in points],
        color="#b8572a",
        label="coverage: mails that a guess decides",
    )
    axes.axhline(
        wanted, color="#777777", linewidth=0.8, linestyle=":", label=f"wanted precision {wanted:.0%}"
    )
    if threshold <= 1:
        axes.axvline(
            threshold, color="#333333", linewidth=0.8, linestyle="--", label=f"threshold {threshold:.2f}"
        )
    axes.set(xlabel="probability from which on the first guess decides", xlim=(0, 1), ylim=(0, 1.02))
    axes.grid(alpha=0.25)
    axes.legend(loc="lower left", fontsize="small")
    figure.savefig(path, metadata={"Software": None})
