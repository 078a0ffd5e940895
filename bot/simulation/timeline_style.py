"""How a timeline looks. Shape and hatching tell apart what colours do, so that it can be printed in black."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from bot.simulation.timeline_lanes import Kind

WIDTH, LEFT, RIGHT = 11.0, 2.2, 0.35
"""Inches: of the picture, and of its margins; the left one holds the names."""
HEAD, LANE, FOOT, LINE = 1.0, 0.42, 0.95, 0.19
"""Inches: heights of the title, of a lane, of the time axis with the legend, and of a line of the list of steps."""
LEAST = timedelta(minutes=15)
"""The shortest time that is shown: what happens at once is not spread over seconds."""
TITLE, NAME, NOTE, TEXT = 90, 26, 40, 150
"""Characters that have room: in the title, in the name of a lane, in the line below it, in a line of the list."""

INK, SOFT, FAINT = "#1d2733", "#5b6672", "#dfe4e9"
SMALL, TINY = 7.5, 6.8

_TINTS: Final = ("#bfdcf2", "#fbdca6", "#c5e6cc", "#eccbe1", "#d9d4f3", "#f6cbc2")
_HATCHES: Final = ("", "////", "....", "\\\\\\\\", "xxx", "---")
_PILL: Final = "round,pad=0.3,rounding_size=0.7"
MARKS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.SLACK: {"boxstyle": _PILL, "facecolor": INK, "edgecolor": INK},
    Kind.PAGER: {"boxstyle": "square,pad=0.3", "facecolor": "white", "edgecolor": INK, "linewidth": 1.8},
    Kind.MAIL: {"boxstyle": "square,pad=0.3", "facecolor": "#c3cad1", "edgecolor": INK, "linewidth": 0.8},
    Kind.CHANGE: {"boxstyle": _PILL, "facecolor": "white", "edgecolor": INK, "linewidth": 0.8},
    Kind.NOBODY: {"boxstyle": _PILL, "facecolor": "white", "edgecolor": SOFT, "linestyle": ":"},
}
NUMBERS: Final = dict.fromkeys(Kind, INK) | {Kind.SLACK: "white", Kind.NOBODY: SOFT}
"""The colours of what stands in a mark."""
NOBODY: Final[dict[str, Any]] = {
    "facecolor": "white",
    "hatch": "////",
    "edgecolor": "#b9c1c9",
    "linewidth": 0.8,
}


def tint(number: int) -> dict[str, Any]:
    """A shift of the so-and-so-manieth person."""
    look = {"facecolor": _TINTS[number % len(_TINTS)], "hatch": _HATCHES[number % len(_HATCHES)]}
    return look | {"edgecolor": "white", "linewidth": 1.2}
