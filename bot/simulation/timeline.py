"""A simulation as a picture: who is told when, over who is on call. Needs the extra `charts`."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib import dates
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.simulation import timeline_lanes, timeline_style, words
from bot.simulation.timeline_lanes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from matplotlib.axes import Axes

    from bot.simulation.forecast import Forecast
    from bot.simulation.rotas import Rotas
    from bot.simulation.timeline_lanes import Row
    from bot.simulation.words import Names

_PLOT = timeline_style.WIDTH - timeline_style.LEFT - timeline_style.RIGHT
_WAYS = {Kind.SLACK: "Slack", Kind.PAGER: "pager", Kind.MAIL: "e-mail", Kind.CHANGE: "changes"}
_A_DAY = timedelta(hours=20)
"""Beyond this the clock alone does not say when."""


def draw(path: Path, forecast: Forecast, rotas: Rotas, *, names: Names) -> None:
    """Write a PNG or an SVG, by the name of the file; the same simulation always gives the same picture.

    Raises:
        OSError: the file cannot be written.
    """
    with mpl.rc_context({"svg.hashsalt": "deskbell", "hatch.linewidth": 0.5, "font.family": "DejaVu Sans"}):
        figure = _Picture(forecast, rotas, names).figure()
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        figure.savefig(path, metadata=metadata)


class _Picture:
    def __init__(self, forecast: Forecast, rotas: Rotas, names: Names) -> None:
        self._forecast = forecast
        self._zone = forecast.wish.zone
        self._rotas = rotas
        self._names = names
        self._rows = timeline_lanes.rows(forecast.lines)
        self._waits = [line for line in forecast.lines if line.until and line.until > line.at]
        self._start, self._end = _span(forecast)
        self._steps = list(_steps(forecast))
        self._tints: dict[Sequence[str], int] = {}

    def figure(self) -> Figure:
        lanes = len(self._forecast.schedules) + bool(self._waits) + len(self._rows)
        foot = timeline_style.FOOT + len(self._steps) * timeline_style.LINE
        height = timeline_style.HEAD + lanes * timeline_style.LANE + foot
        figure = Figure(figsize=(timeline_style.WIDTH, height), dpi=150, facecolor="white")
        FigureCanvasAgg(figure)
        left, width = timeline_style.LEFT / timeline_style.WIDTH, _PLOT / timeline_style.WIDTH
        axes = figure.add_axes((left, foot / height, width, lanes * timeline_style.LANE / height))
        axes.set_xlim(_x(self._start), _x(self._end))
        axes.set_ylim(lanes, 0)
        self._lanes(axes)
        self._rounds(axes)
        self._clock(axes)
        self._head(figure, height)
        self._foot(figure, height, foot)
        return figure

    def _head(self, figure: Figure, height: float) -> None:
        left = 0.2 / timeline_style.WIDTH
        title, subtitle = words.title(self._forecast), words.subtitle(self._forecast)
        top: dict[str, Any] = {"ha": "left", "va": "top"}
        size = min(13, 13 * timeline_style.TITLE / len(title))
        figure.text(left, 1 - 0.2 / height, title, size=size, weight="bold", color=timeline_style.INK, **top)
        figure.text(left, 1 - 0.5 / height, subtitle, size=8.5, color=timeline_style.SOFT, **top)

    def _clock(self, axes: Axes) -> None:
        locator = dates.AutoDateLocator(tz=self._zone, minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        form = "%a %d %b\n%H:%M" if self._end - self._start > _A_DAY else "%H:%M"
        axes.xaxis.set_major_formatter(dates.DateFormatter(form, tz=self._zone))  # type: ignore[no-untyped-call]
        axes.tick_params(axis="x", labelsize=8, colors=timeline_style.INK, length=3)
        axes.set_yticks([])
        axes.grid(axis="x", color=timeline_style.FAINT, linewidth=0.7, zorder=0)
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_color(timeline_style.FAINT)

    def _foot(self, figure: Figure, height: float, foot: float) -> None:
        """What the marks mean, and the steps by their numbers."""
        x, y, width = 0.32, foot - 0.62, timeline_style.WIDTH
        for kind in dict.fromkeys(row.kind for row in self._rows):
            self._mark(figure, x / width, y / height, "1", kind, {"transform": figure.transFigure})
            text: dict[str, Any] = {"size": 8, "va": "center"}
            figure.text((x + 0.2) / width, y / height, kind, color=timeline_style.SOFT, **text)
            x += 0.6 + 0.075 * len(kind)
        for number, (label, step) in enumerate(self._steps):
            at = (y - 0.3 - number * timeline_style.LINE) / height
            figure.text(0.47 / width, at, label, weight="bold", ha="right", color=timeline_style.INK, **text)
            figure.text(0.6 / width, at, step, color=timeline_style.INK, **text)

    def _lanes(self, axes: Axes) -> None:
        y = 0
        for name in self._forecast.schedules:
            self._label(axes, y, name, "who is on call")
            self._shifts(axes, y, name)
            y += 1
        if self._waits:
            self._label(axes, y, "waits", "for an answer")
            self._bars(axes, y)
            y += 1
        for row in self._rows:
            self._label(axes, y, self._names(row.who), _WAYS.get(row.kind, row.note))
            self._bands(axes, y, row.who)
            self._marks(axes, y, row)
            y += 1

    def _label(self, axes: Axes, y: float, title: str, note: str) -> None:
        axes.axhline(y, color=timeline_style.FAINT, linewidth=0.7, zorder=0.5)
        x = (0.2 - timeline_style.LEFT) / _PLOT
        place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(x, y + 0.36, _cut(title, timeline_style.NAME), size=9, color=timeline_style.INK, **place)
        note = _cut(note, timeline_style.NOTE)
        axes.text(x, y + 0.74, note, size=timeline_style.TINY, color=timeline_style.SOFT, **place)

    def _shifts(self, axes: Axes, y: float, name: str) -> None:
        for start, end, people in self._rotas.shifts(name, self._start, self._end):
            self._box(axes, start, end, (y + 0.14, 0.72), zorder=2, **self._tint(people))
            if text := self._fitting(people, end - start):
                self._text(axes, start + (end - start) / 2, y, text, is_on_hatching=True)

    def _fitting(self, people: Sequence[str], length: timedelta) -> str:
        """As much of who they are as has room in a shift of such a length."""
        called = [self._names(person) for person in people]
        firsts = ", ".join(name.partition(" ")[0] for name in called)
        choices = (", ".join(called), firsts, f"{len(people)} people") if people else ("nobody",)
        return next((text for text in choices if self._width_of(text) <= length), "")

    def _tint(self, people: Sequence[str]) -> dict[str, Any]:
        if not people:
            return timeline_style.NOBODY
        return timeline_style.tint(self._tints.setdefault(people, len(self._tints)))

    def _bands(self, axes: Axes, y: float, who: str) -> None:
        """Behind the marks of a person, when they are on call."""
        for name in self._forecast.schedules:
            for start, end, people in self._rotas.shifts(name, self._start, self._end):
                if who in people:
                    self._box(axes, start, end, (y + 0.04, 0.92), zorder=1, **self._tint(people))

    def _bars(self, axes: Axes, y: float) -> None:
        look = {"facecolor": timeline_style.FAINT, "edgecolor": timeline_style.SOFT, "linewidth": 0.8}
        for line in self._waits:
            end = line.until or line.at
            self._box(axes, line.at, end, (y + 0.22, 0.56), zorder=2, **look)
            if self._width_of(line.what) <= end - line.at:
                self._text(axes, line.at + (end - line.at) / 2, y, line.what)

    def _marks(self, axes: Axes, y: float, row: Row) -> None:
        marks = timeline_lanes.spread(row.marks, width_of=self._width_of)
        is_flat = all(level == 0 for _, level in marks)
        for mark, level in marks:
            at = y + (0.5 if is_flat else 0.28 + 0.44 * level)
            self._mark(axes, _x(mark.at), at, mark.label, row.kind, {"zorder": 5})

    @staticmethod
    def _mark(
        where: Axes | Figure, x: float, y: float, label: str, kind: Kind, place: dict[str, Any]
    ) -> None:
        where.text(
            x,
            y,
            label,
            size=timeline_style.SMALL,
            color=timeline_style.NUMBERS[kind],
            ha="center",
            va="center",
            bbox=timeline_style.MARKS[kind],
            **place,
        )

    @staticmethod
    def _text(axes: Axes, at: datetime, y: float, text: str, *, is_on_hatching: bool = False) -> None:
        box = (
            {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85} if is_on_hatching else None
        )
        place: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 3}
        axes.text(
            _x(at), y + 0.5, text, size=timeline_style.SMALL, color=timeline_style.INK, bbox=box, **place
        )

    @staticmethod
    def _box(axes: Axes, start: datetime, end: datetime, place: tuple[float, float], **look: Any) -> None:
        y, height = place
        axes.add_patch(Rectangle((_x(start), y), _x(end) - _x(start), height, **look))

    def _rounds(self, axes: Axes) -> None:
        """Where the policy begins again; a number is left out where there is no room for it."""
        free_from = self._start
        for number, at in timeline_lanes.rounds(self._forecast.lines):
            axes.axvline(_x(at), color=timeline_style.SOFT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1.5)
            text = f"round {number}"
            if at >= free_from:
                style: dict[str, Any] = {"size": 7, "color": timeline_style.SOFT}
                axes.annotate(text, (_x(at), 0), (0, 3), textcoords="offset points", **style)
                free_from = at + self._width_of(text)

    def _width_of(self, text: str) -> timedelta:
        """How much time a small text covers, with some air around it."""
        inches = 0.15 + 0.066 * len(text)
        return (self._end - self._start) * (inches / _PLOT)


def _span(forecast: Forecast) -> tuple[datetime, datetime]:
    """From when until when is shown: all that happens, and a little more on both sides."""
    start = forecast.wish.at
    length = max(*(line.until or line.at for line in forecast.lines), start + timeline_style.LEAST) - start
    return start - length * 0.035, start + length * 1.05


def _steps(forecast: Forecast) -> Iterator[tuple[str, str]]:
    """The list below the picture: the number of each step and what it does, and what the end is."""
    for number, step in enumerate(forecast.policy.steps, start=1):
        first, *others = textwrap.wrap(words.step(step), timeline_style.TEXT)
        yield str(number), first
        yield from (("", other) for other in others)
    yield timeline_lanes.END, words.THE_END


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _x(at: datetime) -> float:
    return float(dates.date2num(at))  # type: ignore[no-untyped-call]
