"""When somebody is at work: weekly hours in one time zone, public holidays, and days off."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from routing import public_holidays
from routing.strict import Strict, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Moment = TypeVar("Moment", datetime, timedelta)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NEVER = timedelta(days=366 * 20)
"""Who has been closed for so long opens no more."""

Span = tuple[datetime, datetime]
"""From a moment to another one, which it does not contain."""


class NeverOpenError(ValueError):
    """Nobody comes to work for many years."""


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone: write one such as Europe/Berlin") from None
    return name


def _are_days(key: str) -> str:
    first, _, last = key.partition("-")
    if first not in _DAYS or (last or first) not in _DAYS or _DAYS.index(last or first) < _DAYS.index(first):
        raise ValueError(f"{key!r} is no day: write {', '.join(_DAYS)}, or days in a row such as mon-fri")
    return key


def _take_time(hours: str) -> str:
    opens, _, closes = hours.partition("-")
    if opens == closes:
        raise ValueError(f"{hours!r} are no hours; the whole day is 00:00-24:00")
    return hours


def day(value: Any) -> Any:
    """Refuse what is no date in figures; pydantic would take a number for one."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError(f"{value!r} is no date: write one such as 2026-12-25")
    return value


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Hours = Annotated[
    str,
    shaped(r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)", "hours such as 09:00-17:00"),
    AfterValidator(_take_time),
]
Zone = Annotated[str, AfterValidator(_is_zone)]
Days = Annotated[str, AfterValidator(_are_days)]
DayOff = Annotated[date, BeforeValidator(day), PlainSerializer(str)]
Regions = Annotated[
    tuple[Annotated[str, AfterValidator(public_holidays.check)], ...], BeforeValidator(_listed)
]


class BusinessHours(Strict):
    """Hours by day; a day that is not named is free, and at the closing time itself nobody is there.

    Hours that close before they open go on through midnight. They belong to the day on which they begin: where
    that one is off, so is the whole night. All sums are over moments, not over what the clock on the wall shows:
    an hour that the clock skips is no working time, one that it shows twice counts twice.
    """

    zone: Zone = "UTC"
    hours: dict[Days, Hours] = Field(default_factory=lambda: {"mon-fri": "09:00-17:00"})
    holidays: Regions = Field(default=(), exclude_if=lambda regions: not regions)
    """Countries, perhaps with a subdivision, whose public holidays are off: `DE`, `DE-BE`."""
    days_off: tuple[DayOff, ...] = Field(default=(), max_length=1_000)
    """So many that a walk to the next opening stays short."""

    @model_validator(mode="after")
    def _opens(self) -> Self:
        """A walk to the next opening must end, so there has to be one behind the last day off."""
        after = max(self.days_off, default=date(2026, 1, 1))
        if not any(self._shifts(after + number * _DAY) for number in range(1, 367)):
            raise ValueError("nobody is ever at work: name days and their hours")
        return self

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is at work at an aware time."""
        wall = at.astimezone(self._zone).replace(tzinfo=None)
        return any(opens <= wall < closes for opens, closes in self._on_the_wall(wall.date()))

    def next_open(self, at: datetime) -> datetime:
        """The time itself if somebody is at work then, else when they come next.

        Raises:
            NeverOpenError: not within twenty years.
        """
        opens, _ = next(self._spans(at))
        return opens

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The first moment by which so much working time has passed; the start itself for none.

        Raises:
            NeverOpenError: nobody comes to work for twenty years on the way.
        """
        if working <= timedelta():
            return start.astimezone(UTC)
        spans = self._spans(start)
        opens, closes = next(spans)
        while closes - opens < working:
            working -= closes - opens
            opens, closes = next(spans)
        return opens + working

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time passes from one moment to a later one; none if it is earlier."""
        spans = self._spans(start, until=end)
        return sum((closes - opens for opens, closes in spans), timedelta())

    @cached_property
    def longest_day(self) -> timedelta:
        """The working time of the longest day of a usual week: what one working day is."""
        return max(
            sum((closes - opens for opens, closes in self._week[day]), timedelta()) for day in range(7)
        )

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def _spans(self, start: datetime, until: datetime | None = None) -> Iterator[Span]:
        """The open spans from a moment on, in UTC. Those that touch are not made one."""
        cursor = last = start.astimezone(UTC)
        until = until and until.astimezone(UTC)
        while until is None or cursor < until:
            end = self._same_offset_until(cursor, min(cursor + _DAY, until) if until else cursor + _DAY)
            for span in self._within(cursor, end):
                yield span
                last = span[1]
            if end - last > _NEVER and until is None:
                raise NeverOpenError("nobody is at work within twenty years")
            cursor = end

    def _same_offset_until(self, start: datetime, end: datetime) -> datetime:
        """The end, or before it the first moment at which the clock on the wall is changed."""
        offset = start.astimezone(self._zone).utcoffset()
        if end.astimezone(self._zone).utcoffset() == offset:
            return end
        before, after = start.replace(microsecond=0), end  # clocks are changed at whole seconds
        while after - before > _SECOND:
            middle = before + (after - before) // (2 * _SECOND) * _SECOND
            is_same = middle.astimezone(self._zone).utcoffset() == offset
            before, after = (middle, after) if is_same else (before, middle)
        return after.replace(microsecond=0)

    def _within(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The open spans of a time in which the clock on the wall runs evenly."""
        offset = start.astimezone(self._zone).utcoffset() or timedelta()
        first, last = (moment.replace(tzinfo=None) + offset for moment in (start, end))
        for number in range((last.date() - first.date()).days + 1):
            for opens, closes in self._on_the_wall(first.date() + number * _DAY):
                from_, to = max(opens, first), min(closes, last)
                if from_ < to:
                    yield (from_ - offset).replace(tzinfo=UTC), (to - offset).replace(tzinfo=UTC)

    def _on_the_wall(self, day: date) -> list[Span]:
        """The hours that lie on a date, apart from each other and in their order: some began the day before."""
        midnight = datetime.combine(day, time())
        shifts = (*self._shifts(day - _DAY), *self._shifts(day))
        cut = ((max(opens, midnight), min(closes, midnight + _DAY)) for opens, closes in shifts)
        return _joined(span for span in cut if span[0] < span[1])

    def _shifts(self, day: date) -> list[Span]:
        """What begins on a date."""
        if day in self._off or any(public_holidays.is_holiday(region, day) for region in self.holidays):
            return []
        midnight = datetime.combine(day, time())
        return [(midnight + opens, midnight + closes) for opens, closes in self._week[day.weekday()]]

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(self.days_off)

    @cached_property
    def _week(self) -> list[list[tuple[timedelta, timedelta]]]:
        """By weekday, from Monday on: how long after midnight it opens and closes."""
        return [
            _joined(_hours(hours) for days, hours in self.hours.items() if covers(days, weekday))
            for weekday in range(7)
        ]


def covers(days: str, weekday: int) -> bool:
    """Whether a key such as `mon-fri` means a weekday; Monday is 0."""
    first, _, last = days.partition("-")
    return _DAYS.index(first) <= weekday <= _DAYS.index(last or first)


def _hours(written: str) -> tuple[timedelta, timedelta]:
    opens, closes = map(_since_midnight, written.split("-"))
    return opens, closes if opens < closes else closes + _DAY


def _since_midnight(written: str) -> timedelta:
    hours, minutes = written.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _joined(spans: Iterable[tuple[Moment, Moment]]) -> list[tuple[Moment, Moment]]:
    """Spans in their order, with what overlaps or touches made one."""
    joined: list[tuple[Moment, Moment]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(closes, joined[-1][1])
        else:
            joined.append((opens, closes))
    return joined
