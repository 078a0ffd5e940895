"""What `deskbell check` finds in escalation policies, schedules and pagers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.check import examination
from bot.check.examination import Outside
from bot.simulation.rotas import Rotas
from bot.slack_people import SlackPeople
from routing.schedule import Override

if TYPE_CHECKING:
    from pathlib import Path

    from bot.check.report import Report
    from bot.config import SupportConfig

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DESK = """\
desk:
  name: Test Desk
  addresses: [help@desk.example]
  triage_queue: triage
  fallback_channel: "#fallback"
  operators_channel: "#ops"
  incident_channel: C0INCIDENT
  last_resort: [boss@desk.example]
mail: {sender_name: Test Desk, footer: Legal text}
sources: {raw: {provider: raw, tenant: test, default_queue: tech}}
queues:
  triage: {name: Any, description: Any, channel: "#any", on_call: U0TRIAGE}
  tech: {name: Tech, description: Any, channel: "#tech", on_call: ON_CALL, escalation: ESCALATION}
escalation_policies:
"""
"""Policies stand from line 15 on."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "support.yaml"


def examined(
    path: Path,
    policies: str,
    *,
    on_call: str = "U0KIM",
    escalation: str = "loud",
    desk: str = DESK,
    outside: Outside | None = None,
) -> Report:
    text = desk.replace("ON_CALL", on_call).replace("ESCALATION", escalation) + policies
    path.write_text(text, encoding="utf-8")
    return examination.examine(path, outside or Outside(now=NOW))


def told(report: Report) -> list[str]:
    return [str(problem).removeprefix(f"{report.file}:") for problem in report.problems]


LOUD = "  loud: {steps: [{notify: on_call}, {wait: 10m}, {notify: '#tech'}]}\n"


def test_nothing_is_said_of_a_good_chain(path: Path) -> None:
    report = examined(path, LOUD)
    assert (told(report), report.is_ok) == ([], True)


@pytest.mark.parametrize(
    ("policies", "found"),
    [
        (
            "  loud: {steps: [{notify: [on_call, everyone]}]}\n",
            "15:37: escalation_policies.loud.steps[0].notify[1]: nobody is called: no people are named by the queue t",
        ),
        (
            "  loud: {steps: [{reassign: triage}, {notify: round_robin}]}\n",
            "15:47: escalation_policies.loud.steps[1].notify[0]: nobody is called: no people are named by the queue t",
        ),
        (
            "  loud: {steps: [{only_if: {unclaimed: true}}, {notify: on_call, only_if: {unclaimed: false}}]}\n",
            "15:66: escalation_policies.loud.steps[1].only_if: it never holds: step 1 lets pass only the opposite",
        ),
        (
            "  loud: {steps: [{raise_priority: normal}, {notify: on_call}]}\n",
            "15:35: escalation_policies.loud.steps[0].raise_priority: warning: a ticket is high or higher by then",
        ),
        (
            "  loud: {steps: [{reassign: tech}, {notify: on_call}]}\n",
            "15:29: escalation_policies.loud.steps[0].reassign: warning: a ticket is in this queue already",
        ),
        (
            f"{LOUD}  other: {{steps: [{{notify: on_call}}]}}\n",
            "16:3: escalation_policies.other: warning: no queue uses this policy",
        ),
        (
            f"{LOUD}pagers: {{pd: {{kind: pagerduty}}}}\n",
            "16:10: pagers.pd: warning: no escalation policy uses this pager",
        ),
    ],
)
def test_what_is_of_no_use_is_told_with_its_place(path: Path, policies: str, found: str) -> None:
    report = examined(path, policies)
    (only,) = told(report)
    assert only.startswith(found)
    assert report.is_ok == ("warning" in found)


def test_a_policy_for_tickets_that_no_escalation_has_never_runs(path: Path) -> None:
    more = "  meek: {steps: [{notify: on_call}]}\n"
    (only,) = told(examined(path, LOUD + more, escalation="{default: loud, low: meek}"))
    assert only.startswith("16:3: escalation_policies.meek: warning: its steps never run: it has no triggers")


def test_a_step_for_urgent_tickets_needs_a_policy_that_may_have_some(path: Path) -> None:
    policies = "  loud: {steps: [{notify: on_call}, {notify: '#tech', only_if: {priority: urgent}}]}\n"
    assert told(examined(path, policies)) == []
    more = "  brief: {steps: [{notify: on_call}]}\n"
    (only,) = told(examined(path, policies + more, escalation="{default: loud, urgent: brief}"))
    assert "only_if: warning: it holds only where a person raises the priority meanwhile" in only


def test_who_calls_in_slack_alone_needs_a_last_resort(path: Path) -> None:
    desk = DESK.replace("  last_resort: [boss@desk.example]\n", "")
    (only,) = told(examined(path, LOUD, desk=desk))
    assert only.startswith("14:3: escalation_policies.loud: warning: it calls nobody outside Slack")
    paged = "  loud: {steps: [{notify: on_call}, {page: pd}]}\npagers: {pd: {kind: pagerduty}}\n"
    assert told(examined(path, paged, desk=desk)) == []


def test_queues_that_hand_a_ticket_round_in_a_circle_are_told(path: Path) -> None:
    desk = DESK.replace("on_call: U0TRIAGE}", "on_call: U0TRIAGE, escalation: back}")
    policies = (
        "  loud: {steps: [{notify: on_call}, {reassign: triage}]}\n"
        "  back: {steps: [{notify: on_call}, {reassign: tech}]}\n"
    )
    found = told(examined(path, policies, desk=desk))
    assert [line.partition("warning: ")[2] for line in found] == [
        "escalations can move a ticket in a circle: tech, triage, tech",
        "escalations can move a ticket in a circle: triage, tech, triage",
    ]


SCHEDULE = """\
schedules:
  night:
    zone: Europe/Berlin
    layers: [{starts: 2026-01-05, people: [U0KIM, U0BO], rotation: daily, hours: {mon-sun: "21:00-09:00"}}]
"""


def test_a_gap_in_which_an_escalation_calls_nobody_is_an_error(path: Path) -> None:
    report = examined(path, "  loud: {steps: [{notify: on_call}]}\n" + SCHEDULE, on_call="night")
    assert told(report) == [
        (
            "17:3: schedules.night: nobody is on call from Tue 24 Nov 2026 13:00 to Tue 24 Nov 2026 21:00 and 90 more "
            "times within 90 days: an escalation of tech from Tue 24 Nov 2026 13:00 on calls nobody"
        )
    ]
    assert [problem.code for problem in report.problems] == ["nobody-called"]


def test_a_gap_in_which_others_are_called_is_a_warning(path: Path) -> None:
    (only,) = told(examined(path, LOUD + SCHEDULE, on_call="night"))
    assert "schedules.night: warning: nobody is on call from Tue 24 Nov 2026 13:00" in only
    assert only.endswith("escalations of tech then call others only")


def test_a_schedule_needs_nobody_while_nobody_asks_for_them(path: Path) -> None:
    outside_hours = "  loud: {steps: [{notify: on_call, only_if: {business_hours: false}}]}\n"
    hours = 'business_hours: {zone: Europe/Berlin, hours: {mon-sun: "09:00-21:00"}}\n'
    assert told(examined(path, outside_hours + SCHEDULE + hours, on_call="night")) == []
    gated = "  loud: {steps: [{only_if: {business_hours: false}}, {notify: on_call}]}\n"
    assert told(examined(path, gated + SCHEDULE + hours, on_call="night")) == []
    assert told(examined(path, LOUD + SCHEDULE, on_call="U0KIM")) == [], "no chain uses it"


def test_an_override_fills_a_gap_where_the_database_was_asked(path: Path) -> None:
    def with_override(config: SupportConfig) -> Rotas:
        written = Rotas.written(config)
        whole = Override(start=NOW, end=NOW.replace(year=2027), person="U0BO")
        return Rotas(rotas=written.rotas, overrides={"night": [whole]})

    outside = Outside(now=NOW, rotas_of=with_override)
    assert told(examined(path, LOUD + SCHEDULE, on_call="night", outside=outside)) == []


def test_people_who_are_gone_and_empty_groups_are_told_where_slack_was_asked(path: Path) -> None:
    gone = {"U0KIM": "has left the workspace", "S0EMPTY": "this user group has no members"}
    slack = SlackPeople(names={}, members={}, gone=gone)

    policies = "  loud: {steps: [{notify: [on_call, S0EMPTY]}]}\n" + SCHEDULE
    report = examined(path, policies, outside=Outside(now=NOW, people_of=lambda _: slack))
    assert told(report) == [
        "13:67: queues.tech.on_call: U0KIM: has left the workspace",
        "15:37: escalation_policies.loud.steps[0].notify[1]: S0EMPTY: this user group has no members",
        "19:44: schedules.night.layers[0].people[0]: U0KIM: has left the workspace",
    ]
    assert {problem.code for problem in report.problems} == {"unknown-person", "empty-group"}
    assert told(examined(path, policies)) == []
