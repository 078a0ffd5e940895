"""Schedules in support.yaml: each mistake is told with its place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.config_schedules import ICalSchedule, LayeredSchedule, PagerDutySchedule
from tests.bot.test_config import File

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
schedules:
  support:
    zone: Europe/Berlin
    user_group: S0ONCALL
    layers:
      - {starts: 2026-01-05, people: [U0ANA, [U0BO, U0KIM]]}
  night:
    ical: {people: {bo@acme.example: U0BO}}
  partner:
    pagerduty: {schedule: PNIGHT1, people: {Ana Ferreira: U0ANA}, refresh: 5m}
"""


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "support.yaml")


def test_a_schedule_has_layers_or_is_kept_elsewhere(file: File) -> None:
    schedules = file.load(more=GOOD).schedules
    support, night, partner = schedules["support"], schedules["night"], schedules["partner"]
    assert isinstance(support, LayeredSchedule)
    assert support.layers[0].people == (("U0ANA",), ("U0BO", "U0KIM"))
    assert isinstance(night, ICalSchedule)
    assert night.feed.refresh == timedelta(minutes=30)
    assert isinstance(partner, PagerDutySchedule)
    assert partner.feed.refresh == timedelta(minutes=5)


@pytest.mark.parametrize("on_call", ["support", "U0ANA", "S0ONCALL"])
def test_a_queue_calls_a_schedule_a_person_or_a_group(file: File, on_call: str) -> None:
    config = file.load("on_call: U0ONCALL", f"on_call: {on_call}", more=GOOD)
    assert config.queues["triage"].on_call == on_call


def test_a_schedule_that_does_not_exist_is_told_with_its_place(file: File) -> None:
    (told,) = file.problems("on_call: U0ONCALL", "on_call: nights", more=GOOD)
    assert told == (
        "19:14: queues.triage.on_call: 'nights' is not a Slack user id (U...), a user group id (S...) or a schedule; "
        "there are night, partner, support"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("U0ANA,", "ana,", "schedules.support.layers[0].people[0][0]: 'ana' is not a Slack user id"),
        ("Europe/Berlin", "Berlin", "schedules.support.zone: 'Berlin' is no time zone"),
        ("S0ONCALL", "oncall", "schedules.support.user_group: 'oncall' is not a Slack user group id"),
        ("PNIGHT1", "night", "schedules.partner.pagerduty.schedule: 'night' is not the id of a schedule"),
        ("5m", "5s", "schedules.partner.pagerduty.refresh: must be a minute or more"),
        ("ical:", "layers: []\n    ical:", "schedules.night: needs exactly one of layers, ical, pagerduty"),
        ("starts: 2026-01-05, ", "", "schedules.support.layers[0].starts: is required"),
        ("starts:", "begins:", "unknown key 'begins'"),
    ],
)
def test_a_mistake_is_told(file: File, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    assert any(problem in told for told in file.problems(more=GOOD.replace(old, new, 1)))
