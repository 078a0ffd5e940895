"""A simulation reads as a table: a line for each thing that happens, by the clocks of one zone."""

from __future__ import annotations

from datetime import datetime

from bot import config as config_module
from bot.simulation import overview, table
from bot.simulation.rotas import Rotas
from routing.decision import Priority
from routing.escalation import Trigger
from tests.bot.simulation import desks

NIGHT = datetime(2026, 12, 24, 3, 0)  # noqa: DTZ001 - what the clocks show
NAMES = {"U0KIM": "Kim Lindqvist"}


def shown(start: datetime = NIGHT, **changes: object) -> list[str]:
    found = desks.foretold(start, **changes)  # type: ignore[arg-type]
    return table.render(found, names=lambda who: NAMES.get(who, who)).splitlines()


def test_it_says_who_is_told_what_and_when() -> None:
    assert shown(priority=Priority.URGENT) == [
        "Tech: policy brief, from Thu 24 Dec 2026 03:00",
        (
            "An unclaimed ticket of urgent priority, because Escalate is pressed; nobody acknowledges. "
            "Times of Europe/Berlin, UTC+01:00."
        ),
        "",
        "when                   after  step  does                          who                by",
        "Thu 24 Dec 2026 03:00  0m     1     notify on_call                Kim Lindqvist      Slack",
        "                                    post in the incident channel  #incidents         Slack",
        "                              2     wait 5m                       until 03:05",
        "Thu 24 Dec 2026 03:05  5m     3     page pd                       pd                 pager",
        "                                    wait 10m for an answer        until 03:15",
        "Thu 24 Dec 2026 03:15  15m          end: tell the operators       #ops               Slack",
        "                                    end: mail the last resort     boss@desk.example  e-mail",
    ]


def test_rounds_are_counted_where_there_are_several() -> None:
    lines = shown()
    assert lines[3].split() == ["when", "after", "round", "step", "does", "who", "by"]
    assert "Thu 24 Dec 2026 03:30  30m    1      6     repeat 1 of 2" in lines
    assert lines[1].startswith("An unclaimed ticket of normal priority, high from then on, because")


def test_why_nobody_is_told_stands_where_their_names_would() -> None:
    lines = shown(NIGHT.replace(hour=12), priority=Priority.URGENT)
    assert "notify on_call                nobody: nobody is on call then" in lines[4]
    assert lines[6].split() == ["tell", "the", "operators", "#ops", "Slack"]
    assert "wait 5m                       no: nobody was reached" in lines[7]


def test_a_queue_without_a_policy_follows_the_standard_one() -> None:
    assert shown(queue="triage")[0] == "Triage: policy standard, from Thu 24 Dec 2026 03:00"


def test_a_trigger_that_starts_nothing_is_told() -> None:
    assert "Note: incident does not start this policy for such a ticket." in shown(trigger=Trigger.INCIDENT)
    assert not any(line.startswith("Note") for line in shown(trigger=Trigger.UNCLAIMED))
    assert "because nobody has claimed it;" in shown(trigger=Trigger.UNCLAIMED)[1]


def test_a_change_of_the_clocks_on_the_way_is_told() -> None:
    lines = shown(datetime(2027, 3, 28, 1, 40))  # noqa: DTZ001 - what the clocks show
    assert lines[2] == "The clocks change: from Sun 28 Mar 2027 03:10 on they are UTC+02:00."
    assert not any(line.startswith("The clocks") for line in shown())


def test_nobody_is_said_to_be_missing_whose_calendar_was_not_read() -> None:
    fed = desks.YAML.partition("    layers:")[0] + "    ical: {people: {Kim: U0KIM}}\n"
    config = config_module.parse(fed, name="desk.yaml")
    rotas = Rotas.written(config)
    note = "Note: there is no copy of the calendar of night here: who is on call by it is not known."
    assert note in table.render(desks.foretold(NIGHT, config=config), names=str).splitlines()
    told = overview.render(config, rotas, at=desks.at(NIGHT), names=str)
    assert "tech    night       not known: no copy of its calendar" in told
    assert "nobody" not in told
