from __future__ import annotations

from datetime import UTC, datetime

import pytest

from routing import duties
from routing.duties import Duty
from routing.schedule import Shift

START, END = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
PEOPLE = {"bo@acme.example": "U0BO", "Ana Ferreira": "U0ANA", "Bo": "U0BO"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("bo@acme.example",), ("U0BO",)),
        (("BO@acme.example", "Ana"), ("U0BO",)),
        (("On call: ana ferreira (primary)",), ("U0ANA",)),
        (("Ana Ferreira, Bo",), ("U0ANA", "U0BO")),
        (("Bob", "jim.bo@acme.example", "bo@acme.example.org"), ()),
        ((), ()),
    ],
)
def test_people_are_known_by_address_or_by_name_as_whole_words(
    names: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert duties.who(Duty(START, END, names), PEOPLE) == expected


def test_whoever_is_unknown_has_no_shift_and_is_named() -> None:
    known, unknown = Duty(START, END, ("Bo",)), Duty(START, END, ("Lee", "Lee Chen"))
    assert duties.timetable([known, unknown], PEOPLE).shifts == (Shift(START, END, ("U0BO",)),)
    assert duties.unknown([known, unknown, unknown], PEOPLE) == ("Lee",)
