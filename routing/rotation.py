"""One layer of an on-call schedule: people who take turns, by the clocks of one zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from routing import business_hours, wall_clock
from routing.strict import Strict, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_UNITS = {"hour": timedelta(hours=1), "day": _DAY, "week": timedelta(weeks=1)}
_STEPS = {"daily": _DAY, "weekly": timedelta(weeks=1)}


def _alone(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Person = Annotated[str, shaped(r"[UW][A-Z0-9]{2,}", "a Slack user id (U...)")]
Place = Annotated[tuple[Person, ...], BeforeValidator(_alone), Field(min_length=1)]
"""Who takes a turn: one person, or several together."""
Rotation = Annotated[
    str,
    shaped(
        r"daily|weekly|every [1-9]\d{0,2} (?:hour|day|week)s?", "a rotation: daily, weekly or every 3 days"
    ),
]
Clock = Annotated[str, shaped(r"(?:[01]\d|2[0-3]):[0-5]\d", "a time such as 09:00")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Layer(Strict):
    """A rotation. Its first person is on call from the hand-over of the day when it starts."""

    rotation: Rotation = "weekly"
    starts: business_hours.DayOff
    hand_over: Clock = "09:00"
    hand_over_day: Weekday | None = None
    """Of a rotation by weeks; None for the weekday when it starts. A first turn that begins on another day is short."""
    people: tuple[Place, ...] = Field(min_length=1)
    """In the order of their turns."""
    hours: dict[business_hours.Days, business_hours.Hours] | None = None
    """When in the week it counts; None for always. Hours that end before they begin end on the next day."""

    @model_validator(mode="after")
    def _has_a_day_only_by_weeks(self) -> Self:
        if self.hand_over_day and self._step % _UNITS["week"]:
            raise ValueError("only a rotation by weeks has a hand_over_day")
        return self

    def people_at(self, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
        """Whose turn it is; empty where the layer does not count."""
        if at < self._begins(zone) or not self._counts_at(at, zone):
            return ()
        return self.people[self._turn(at, zone) % len(self.people)]

    def changes(self, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Each moment after `start` and before `end` at which somebody else may be on call, in no order."""
        moments = [self._begins(zone), *self._hand_overs(start, end, zone), *self._edges(start, end, zone)]
        return (moment for moment in moments if start < moment < end)

    @cached_property
    def _step(self) -> timedelta:
        if self.rotation in _STEPS:
            return _STEPS[self.rotation]
        _, count, unit = self.rotation.split()
        return int(count) * _UNITS[unit.removesuffix("s")]

    @cached_property
    def _first(self) -> datetime:
        """By the clocks on the wall, when the first turn would begin if it were whole."""
        starts = self.starts
        if self.hand_over_day:
            starts -= (starts.weekday() - _DAYS.index(self.hand_over_day)) % len(_DAYS) * _DAY
        return datetime.combine(starts, time.fromisoformat(self.hand_over))

    def _begins(self, zone: ZoneInfo) -> datetime:
        return wall_clock.instant(datetime.combine(self.starts, time.fromisoformat(self.hand_over)), zone)

    def _hand_over(self, turn: int, zone: ZoneInfo) -> datetime:
        return wall_clock.instant(self._first + turn * self._step, zone)

    def _turn(self, at: datetime, zone: ZoneInfo) -> int:
        """The number of the turn, counted by the clocks on the wall; those may be off by a little where they change."""
        turn = (wall_clock.local(at, zone) - self._first) // self._step
        while self._hand_over(turn + 1, zone) <= at:
            turn += 1
        while self._hand_over(turn, zone) > at:
            turn -= 1
        return turn

    def _hand_overs(self, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        if len(set(self.people)) == 1:
            return  # nobody hands over to themselves
        turn = self._turn(start, zone) + 1
        while (moment := self._hand_over(turn, zone)) < end:
            yield moment
            turn += 1

    def _counts_at(self, at: datetime, zone: ZoneInfo) -> bool:
        today = wall_clock.local(at, zone).date()
        return self.hours is None or any(
            opens <= at < closes for day in (today - _DAY, today) for opens, closes in self._spans(day, zone)
        )

    def _edges(self, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        day = wall_clock.local(start, zone).date() - _DAY
        last = wall_clock.local(end, zone).date()
        while self.hours and day <= last:
            for span in self._spans(day, zone):
                yield from span
            day += _DAY

    def _spans(self, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """From when to when it counts by the hours of a day; an end may be on the next one."""
        for days, hours in (self.hours or {}).items():
            if business_hours.covers(days, day.weekday()):
                opens, _, closes = hours.partition("-")
                ends_on = day + _DAY if closes <= opens or closes == "24:00" else day
                yield _at(day, opens, zone), _at(ends_on, closes.replace("24:00", "00:00"), zone)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return wall_clock.instant(datetime.combine(day, time.fromisoformat(clock)), zone)
