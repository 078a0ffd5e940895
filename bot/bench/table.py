"""The figures of a run, each beside its floor and its aim."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MILLISECOND, _LONG = 1e-3, 0.1
_SMALL = 0.1
_HEAD = ("name", "figure", "floor", "ratio", "aim")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as text."""

    name: str
    figure: str
    floor: str
    """What was measured beside it, in the same minutes."""
    ratio: str
    aim: str = ""
    value: float | None = None
    """The figure as a number, where it is one a second."""


def rate(name: str, figure: float, floor_name: str, floor: float, aim: str = "") -> Row:
    """A figure a second, where more is better."""
    return of_pairs(name, [(figure, floor)], floor_name, aim)


def of_pairs(name: str, pairs: Sequence[tuple[float, float]], floor_name: str, aim: str = "") -> Row:
    """The medians of figures a second and floors; that of the ratios is of pairs: a busy moment hits both."""
    figure, floor = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(one / beside for one, beside in pairs)
    return Row(
        name,
        f"{figure:,.0f}/s",
        f"{floor_name}: {floor:,.0f}/s",
        f"{ratio:.{2 if ratio >= _SMALL else 3}f} x",
        aim,
        figure,
    )


def render(rows: Iterable[Row]) -> str:
    """The rows under their heads, in columns."""
    lines = [_HEAD, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown(rows: Iterable[Row]) -> str:
    """The same for a page."""
    lines = [_HEAD, ("---",) * len(_HEAD), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, row.figure, row.floor, row.ratio, row.aim)


def duration(seconds: float) -> str:
    """Seconds in the unit that people read best: `412 us`, `1.8 ms`, `0.92 s`."""
    if seconds < _MILLISECOND:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.1f} ms" if seconds < _LONG else f"{seconds:.2f} s"
