"""The figures of a run, each beside its floor and its aim."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD = ("figure", "measured", "floor", "ratio", "aim")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as text."""

    figure: str
    measured: str
    floor: str
    ratio: str
    aim: str = ""


def render(rows: Iterable[Row]) -> str:
    """The rows under their heads, in columns."""
    lines = [_HEAD, *(astuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def duration(seconds: float) -> str:
    """Seconds in the unit that people read best: `412 us`, `1.8 ms`, `0.92 s`."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.1 else f"{seconds:.2f} s"
