"""Shifts tile the time, whatever the clocks do, and `on_call_at` agrees with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from routing import schedule, wall_clock
from routing.schedule import Override, Schedule, Shift, Timetable

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = ("U0ANA", "U0BO", "U0KIM", "U0LEE")


def takes_time(hours: str) -> bool:
    opens, _, closes = hours.partition("-")
    return opens != closes


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
hours = st.dictionaries(
    st.sampled_from(["mon", "mon-fri", "sat-sun", "sun"]),
    st.builds("{}-{}".format, clocks, clocks | st.just("24:00")).filter(takes_time),
    min_size=1,
)
layers = st.fixed_dictionaries(
    {
        "rotation": st.sampled_from(["daily", "weekly", "every 3 days", "every 1 hour", "every 12 hours"]),
        "starts": st.dates(date(2019, 1, 1), date(2026, 11, 1)).map(str),
        "hand_over": clocks,
        "people": st.lists(
            st.sampled_from(PEOPLE) | st.lists(st.sampled_from(PEOPLE), min_size=1), min_size=1
        ),
        "hours": st.none() | hours,
    }
)
moments = st.timedeltas(timedelta(0), timedelta(days=364)).map(lambda since: YEAR + since)
overrides = st.builds(
    lambda start, length, person, replaces: Override(
        start=start, end=start + length, person=person, replaces=replaces
    ),
    moments,
    st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    st.sampled_from(PEOPLE),
    st.none() | st.sampled_from(PEOPLE),
)
schedules = st.builds(
    lambda zone, found: Schedule.model_validate({"zone": zone, "layers": found}),
    st.sampled_from(ZONES),
    st.lists(layers, min_size=1, max_size=3),
)


def weekly(zone: str = "Europe/Berlin", **changes: Any) -> Schedule:
    layer = {"starts": "2020-01-06", "people": ["U0ANA", "U0BO", "U0KIM"]} | changes
    return Schedule.model_validate({"zone": zone, "layers": [layer]})


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@settings(deadline=None)
@given(schedules, st.lists(overrides, max_size=3), moments, st.timedeltas(HOUR, 20 * DAY), st.data())
def test_shifts_tile_the_time_and_agree_with_who_is_on_call(
    rota: Schedule, changed: list[Override], start: datetime, length: timedelta, data: st.DataObject
) -> None:
    end = start + length
    found = schedule.shifts(rota, changed, start, end)
    assert found[0].start == start
    assert found[-1].end == end
    for one, other in pairwise(found):
        assert one.end == other.start, "no gap and no overlap"
        assert one.people != other.people, "the same people are one shift"
    random = start + data.draw(st.timedeltas(timedelta(0), length - timedelta(microseconds=1)))
    for shift in found:
        assert shift.start < shift.end
        assert len(set(shift.people)) == len(shift.people), "nobody is counted twice"
        for moment in (shift.start, shift.end - timedelta(microseconds=1)):
            assert schedule.on_call_at(rota, changed, moment) == shift.people
    (there,) = (shift for shift in found if shift.start <= random < shift.end)
    assert schedule.on_call_at(rota, changed, random) == there.people


@settings(max_examples=50, deadline=None)
@given(schedules, st.lists(overrides, max_size=2), moments)
def test_the_next_hand_over_is_the_end_of_the_shift_of_now(
    rota: Schedule, changed: list[Override], now: datetime
) -> None:
    found = schedule.shifts(rota, changed, now, now + schedule.HORIZON)
    expected = found[0].end if len(found) > 1 else None
    assert schedule.next_handover(rota, changed, now) == expected


@settings(deadline=None)
@given(st.sampled_from(ZONES), layers, moments)
def test_turns_are_counted_one_by_one_from_the_start(zone: str, layer: dict[str, Any], now: datetime) -> None:
    """Against the plain way, which walks through every hand-over."""
    steps = {"daily": DAY, "weekly": 7 * DAY, "every 3 days": 3 * DAY, "every 12 hours": 12 * HOUR}
    rotation = layer["rotation"] if layer["rotation"] in steps else "daily"
    starts = max(layer["starts"], "2025-06-01")
    layer = layer | {"rotation": rotation, "starts": starts, "hours": None}
    rota = Schedule.model_validate({"zone": zone, "layers": [layer]})
    wall = datetime.fromisoformat(f"{starts}T{layer['hand_over']}")
    expected: tuple[str, ...] = ()
    turn = 0
    while wall_clock.instant(wall, ZoneInfo(zone)) <= now:
        place = layer["people"][turn % len(layer["people"])]
        expected = (place,) if isinstance(place, str) else tuple(dict.fromkeys(place))
        wall, turn = wall + steps[rotation], turn + 1
    assert schedule.on_call_at(rota, (), now) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_a_hand_over_stays_at_nine_by_the_clocks_all_year(zone: str) -> None:
    shifts = schedule.shifts(weekly(zone), (), at("2026-01-05T09:00", zone), at("2027-01-04T09:00", zone))
    assert len(shifts) == 52
    for shift in shifts:
        local = shift.start.astimezone(ZoneInfo(zone))
        assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
    lengths = {shift.end - shift.start for shift in shifts}
    assert lengths == {7 * DAY, 7 * DAY - HOUR, 7 * DAY + HOUR}, "the weeks when the clocks change"


def test_a_hand_over_that_the_clocks_skip_is_at_the_change() -> None:
    rota = weekly(rotation="daily", hand_over="02:30")
    (shift, _) = schedule.shifts(rota, (), at("2026-03-28T03:00"), at("2026-03-29T12:00"))
    assert shift.end == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_hand_over_that_comes_twice_is_at_the_first_time() -> None:
    rota = weekly(rotation="daily", hand_over="02:30")
    (shift, _) = schedule.shifts(rota, (), at("2026-10-24T03:00"), at("2026-10-25T12:00"))
    assert shift.end == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_before_it_starts_nobody_is_on_call() -> None:
    assert schedule.on_call_at(weekly(), (), at("2020-01-06T08:59")) == ()
    assert schedule.on_call_at(weekly(), (), at("2020-01-06T09:00")) == ("U0ANA",)


def test_a_first_turn_that_begins_within_the_week_is_short() -> None:
    rota = weekly(starts="2026-11-04", hand_over_day="mon")
    (first, second, *_) = schedule.shifts(rota, (), at("2026-11-04T09:00"), at("2026-11-30T09:00"))
    assert first == Shift(at("2026-11-04T09:00"), at("2026-11-09T09:00"), ("U0ANA",))
    assert second == Shift(at("2026-11-09T09:00"), at("2026-11-16T09:00"), ("U0BO",))


def test_a_later_layer_covers_an_earlier_one_in_its_hours_and_past_midnight() -> None:
    night = {"starts": "2020-01-06", "people": [["U0LEE", "U0KIM"]], "hours": {"fri": "22:00-06:00"}}
    day = {"starts": "2020-01-06", "people": ["U0ANA"]}
    rota = Schedule.model_validate({"zone": "Europe/Berlin", "layers": [day, night]})
    found = schedule.shifts(rota, (), at("2026-11-06T12:00"), at("2026-11-08T12:00"))
    assert [shift.people for shift in found] == [("U0ANA",), ("U0LEE", "U0KIM"), ("U0ANA",)]
    assert (found[1].start, found[1].end) == (at("2026-11-06T22:00"), at("2026-11-07T06:00"))


def test_an_override_takes_the_place_of_everybody_or_of_one() -> None:
    rota = weekly(people=[["U0ANA", "U0BO"]])
    start, end = at("2026-11-02T10:00"), at("2026-11-02T12:00")
    alone = Override(start=start, end=end, person="U0KIM")
    instead = Override(start=start, end=end, person="U0KIM", replaces="U0BO")
    assert schedule.on_call_at(rota, (alone,), start) == ("U0KIM",)
    assert schedule.on_call_at(rota, (instead,), start) == ("U0ANA", "U0KIM")
    assert schedule.on_call_at(rota, (instead,), end) == ("U0ANA", "U0BO")
    assert schedule.on_call_at(weekly(people=["U0KIM"]), (instead,), start) == ("U0KIM",)


def test_a_persons_own_shift_goes_on_while_others_change_beside_them() -> None:
    rota = weekly(rotation="daily", people=[["U0ANA", "U0BO"], ["U0ANA", "U0KIM"], "U0LEE"])
    found = schedule.shifts_of("U0ANA", rota, (), at("2026-01-05T09:00"), at("2026-01-12T09:00"))
    assert {shift.end - shift.start for shift in found[1:-1]} == {2 * DAY}


def test_the_next_shift_is_beyond_the_time_without_anybody() -> None:
    rota = weekly(rotation="daily", hours={"mon-fri": "09:00-17:00"}, hand_over="00:00")
    found = schedule.next_shift(rota, (), at("2026-11-06T12:00"))
    assert found
    assert (found.start, found.end) == (at("2026-11-09T09:00"), at("2026-11-09T17:00"))


def test_who_is_alone_has_no_hand_over() -> None:
    assert schedule.next_handover(weekly(people=["U0ANA"]), (), at("2026-11-06T12:00")) is None


def test_in_a_timetable_of_somebody_else_shifts_may_overlap() -> None:
    first = Shift(at("2026-11-02T09:00"), at("2026-11-02T12:00"), ("U0ANA",))
    second = Shift(at("2026-11-02T11:00"), at("2026-11-02T15:00"), ("U0BO", "U0ANA"))
    found = schedule.shifts(Timetable((first, second)), (), at("2026-11-02T08:00"), at("2026-11-02T16:00"))
    assert [shift.people for shift in found] == [(), ("U0ANA",), ("U0ANA", "U0BO"), ("U0BO", "U0ANA"), ()]


def test_the_years_since_the_start_cost_nothing() -> None:
    asked = 0

    class Counted(Schedule):
        def people_at(self, at: datetime) -> tuple[str, ...]:
            nonlocal asked
            asked += 1
            return super().people_at(at)

    counts = []
    for starts in ("2026-11-02", "1990-01-01"):
        asked = 0
        layer = {"rotation": "every 1 hour", "starts": starts, "people": ["U0ANA", "U0BO"]}
        rota = Counted.model_validate({"zone": "Europe/Berlin", "layers": [layer]})
        schedule.shifts(rota, (), at("2026-11-09T09:00"), at("2026-11-10T09:00"))
        counts.append(asked)
    assert counts == [24, 24]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rotation": "monthly"}, "'monthly' is not a rotation"),
        ({"rotation": "daily", "hand_over_day": "mon"}, "only a rotation by weeks has a hand_over_day"),
        ({"people": ["ana"]}, "'ana' is not a Slack user id"),
        ({"people": []}, "at least 1 item"),
        ({"people": [[]]}, "at least 1 item"),
        ({"hand_over": "9:00"}, "'9:00' is not a time such as 09:00"),
        ({"starts": "2026-1-5"}, "'2026-1-5' is no date"),
        ({"hours": {"weekend": "09:00-17:00"}}, "'weekend' is no day"),
    ],
)
def test_what_is_no_layer_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        weekly(**changes)
