from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.on_call.rosters import Roster
from routing.schedule import Schedule

NOW = datetime(2026, 11, 4, 9, tzinfo=UTC)


def roster(*people: object) -> Roster:
    layer = {"rotation": "daily", "starts": "2026-11-02", "people": list(people)}
    rota = Schedule.model_validate({"layers": [layer]})
    return Roster("support", ZoneInfo("UTC"), rota, (), None)


def test_who_stays_while_others_come_and_go_is_relieved_later() -> None:
    found = roster("U0LEE", "U0LEE", ["U0ANA", "U0BO"], ["U0ANA", "U0KIM"])
    assert found.at(NOW) == ("U0ANA", "U0BO")
    assert found.relief_of("U0BO", NOW) == NOW + timedelta(days=1)
    assert found.relief_of("U0ANA", NOW) == NOW + timedelta(days=2)


def test_who_is_always_on_call_is_not_relieved_soon() -> None:
    assert roster("U0ANA").relief_of("U0ANA", NOW) is None
