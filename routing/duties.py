"""What another calendar says of who is on call, by names that it knows; they become Slack people here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from routing.schedule import Shift, Timetable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class Duty(NamedTuple):
    """One entry of the calendar."""

    start: datetime
    end: datetime
    names: tuple[str, ...]
    """All that may say who it is: the addresses of who takes part, a title such as `On call: Ana Ferreira`."""


def timetable(duties: Iterable[Duty], people: Mapping[str, str]) -> Timetable:
    """The shifts of those whom `people` knows: a Slack user id by address or name."""
    found = (Shift(duty.start, duty.end, who(duty, people)) for duty in duties)
    return Timetable(tuple(shift for shift in found if shift.people))


def unknown(duties: Iterable[Duty], people: Mapping[str, str]) -> tuple[str, ...]:
    """The first name of each entry that means nobody, sorted."""
    return tuple(sorted({duty.names[0] for duty in duties if duty.names and not who(duty, people)}))


def who(duty: Duty, people: Mapping[str, str]) -> tuple[str, ...]:
    """Everybody whose address, or whose name as whole words, one of its names holds; upper case or not."""
    return tuple(
        dict.fromkeys(person for name in duty.names for key, person in people.items() if _names(name, key))
    )


def _names(name: str, key: str) -> bool:
    # An address is one word: `bo@acme.example` does not stand in `jim.bo@acme.example`.
    return re.search(rf"(?<![\w.@+-]){re.escape(key)}(?![\w@+-]|\.\w)", name, re.IGNORECASE) is not None
