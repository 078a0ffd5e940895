"""A simulation for a terminal."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bot.simulation import columns, words
from routing import escalation_simulation as simulation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.simulation.forecast import Forecast
    from bot.simulation.words import Names
    from routing.escalation_simulation import Told


def render(forecast: Forecast, *, names: Names) -> str:
    """A heading, and a line for each thing that happens; a time that does not change is not told again."""
    table = columns.joined([_headings(forecast), *_rows(forecast, names)])
    return "\n".join([*_head(forecast), "", table])


def _head(forecast: Forecast) -> Iterator[str]:
    wish = forecast.wish
    yield words.title(forecast)
    yield words.subtitle(forecast)
    if not forecast.is_started_by_trigger:
        yield f"Note: {wish.trigger} does not start this policy for such a ticket."
    for name in forecast.unread:
        yield f"Note: there is no copy of the calendar of {name} here: who is on call by it is not known."
    yield from _clock_changes(forecast)


def _clock_changes(forecast: Forecast) -> Iterator[str]:
    """The offset stands in the heading; where the clocks change on the way, that is said."""
    zone = forecast.wish.zone
    for before, after in pairwise([forecast.wish.at, *(line.at for line in forecast.lines)]):
        if words.offset(before, zone) != words.offset(after, zone):
            yield f"The clocks change: from {words.day(after, zone)} on they are {words.offset(after, zone)}."


def _is_repeated(forecast: Forecast) -> bool:
    return any(line.round > 1 for line in forecast.lines)


def _headings(forecast: Forecast) -> tuple[str, ...]:
    round_ = ("round",) if _is_repeated(forecast) else ()
    return ("when", "after", *round_, "step", "does", "who", "by")


def _rows(forecast: Forecast, names: Names) -> Iterator[tuple[str, ...]]:
    before: Told | None = None
    for line in forecast.lines:
        is_same_time = before is not None and before.at == line.at
        is_same_step = is_same_time and before is not None and before.step == line.step
        round_ = ("" if is_same_step else str(line.round),) if _is_repeated(forecast) else ()
        yield (
            "" if is_same_time else words.day(line.at, forecast.wish.zone),
            "" if is_same_time else simulation.written(line.at - forecast.wish.at),
            *round_,
            "" if is_same_step or line.step is None else str(line.step),
            words.does(line),
            words.outcome(line, names=names, zone=forecast.wish.zone),
            words.LANES[line.lane] if line.lane else "",
        )
        before = line
