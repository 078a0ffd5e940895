"""What `deskbell check` finds in files that can be read, and where."""

from __future__ import annotations

from datetime import timedelta
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from bot.check import examination
from bot.check.examination import Outside
from bot.check.history import History

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.check.report import Report

DESK = """\
desk:
  name: Test Desk
  addresses: [help@desk.example]
  triage_queue: triage
  fallback_channel: "#fallback"
  operators_channel: "#ops"
  incident_channel: C0INCIDENT
mail: {sender_name: Test Desk, footer: Legal text}
tiers: {gold: ["*@big.example"]}
sources: {raw: {provider: raw, tenant: test}}
queues:
  triage: &queue {name: Any, description: Any, channel: "#any", on_call: U0ONCALL}
  money: *queue
"""
GOOD = """\
rules:
  - id: refund
    description: Money back
    owner: tests
    when: {subject: {matches: 'refund|chargeback'}}
    then: {queue: money, intent: refund}
    tests:
      - {mail: {subject: Refund}, expect: match}
"""
"""From line 14 on."""


def rule(
    name: str, when: str, test: str = "{mail: {}, expect: no_match}", then: str = "queue: money, intent: x"
) -> str:
    return f"""\
  - id: {name}
    description: Any
    owner: tests
    when: {when}
    then: {{{then}}}
    tests:
      - {test}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "support.yaml"


def examined(path: Path, more: str = "", *, desk: str = DESK, history: History | None = None) -> Report:
    path.write_text(desk + GOOD + more, encoding="utf-8")
    return examination.examine(path, Outside(history=history))


def told(report: Report) -> list[str]:
    return [str(problem).removeprefix(f"{report.file}:") for problem in report.problems]


def test_nothing_is_said_of_a_good_file(path: Path) -> None:
    report = examined(path)
    assert (report.problems, report.is_ok) == ((), True)


FOUND = [
    (
        "      - {mail: {text: Refund}, expect: match}\n",
        "22:40: rules[0].tests[1].expect: this mail does not match the rule; it goes to triage, because no rule",
    ),
    (
        "      - {mail: {subject: Refund}, expect: no_match}\n",
        "22:43: rules[0].tests[1].expect: this mail matches the rule; the rule refund sends it to money",
    ),
    (
        "      - mail: {subject: Refund}\n        expect: {queue: triage}\n",
        "23:9: rules[0].tests[1].expect: expected the queue triage, but the rule refund sends it to money",
    ),
    (
        "      - {mail: {subject: Refund}, expect: maybe}\n",
        "22:43: rules[0].tests[1].expect: write match, no_match, or {queue: NAME}",
    ),
    (
        "      - {mail: {subject: Refund}, expect: {queue: mony}}\n",
        "22:51: rules[0].tests[1].expect.queue: no queue is called 'mony'; there are money, triage",
    ),
    (
        "      - {mail: {form: pat@x.example}, expect: match}\n",
        "22:17: rules[0].tests[1].mail.form: unknown key 'form'; did you mean from?",
    ),
    (
        "      - {mail: {from: pat}, expect: match}\n",
        "22:23: rules[0].tests[1].mail.from: 'pat' is not an e-mail address",
    ),
    (
        "      - {mail: {tier: gould}, expect: match}\n",
        "22:23: rules[0].tests[1].mail.tier: no tier is called 'gould'; there are gold, standard",
    ),
    (
        "tests:\n  - {mail: {subject: Refund}, expect: {queue: triage}}\n",
        "23:31: tests[0].expect: expected the queue triage, but the rule refund sends it to money",
    ),
    (
        "tests:\n  - {mail: {subject: Refund}, expect: match}\n",
        "23:39: tests[0].expect: must be a mapping of keys to values",
    ),
    (
        rule("again", "{subject: {matches: refund}}"),
        "22:9: rules[1].id: this rule is never reached: every mail that it matches is taken above by the rule refund",
    ),
    (
        rule("tag", "{subject: {contains: [refund]}}", then="tags: [x]") + "    stop: false\n",
        "22:9: rules[1].id: this rule is never reached: every mail that it matches is taken above by the rule refund",
    ),
    (
        rule("wide", "{subject: {matches: '.'}}", "{mail: {subject: Refund}, expect: match}"),
        "22:9: rules[1].id: warning: every mail that its tests say it matches is decided by the rule refund",
    ),
    (
        rule("untested", "{text: {matches: x}}").partition("    tests")[0],
        "22:9: rules[1].id: warning: this rule has no tests: give it a mail that it must match",
    ),
    (
        "entities:\n  - {id: rma, pattern: 'RMA-\\d+', examples: [RMA-1]}\n",
        "23:10: entities[0].id: warning: no rule asks for this entity",
    ),
]


@pytest.mark.parametrize(("more", "problem"), FOUND)
def test_what_is_wrong_or_useless_is_told_with_its_place(path: Path, more: str, problem: str) -> None:
    report = examined(path, more)
    (only,) = told(report)
    assert only.startswith(problem)
    assert report.is_ok == ("warning" in problem)


def test_a_queue_that_no_rule_and_no_source_sends_to_is_told(path: Path) -> None:
    desk = DESK + "  sales: *queue\n"
    assert told(examined(path, desk=desk)) == [
        "14:3: queues.sales: warning: no rule and no source sends a mail to this queue"
    ]
    by_default = desk.replace("tenant: test", "tenant: test, default_queue: sales")
    assert told(examined(path, desk=by_default)) == []


def test_an_entity_may_be_asked_for_deep_inside_a_condition(path: Path) -> None:
    more = rule("deep", "{all: [text: {matches: x}, not: {any: [entity: {kind: rma}]}]}")
    more += "entities:\n  - {id: rma, pattern: 'RMA-\\d+', examples: [RMA-1]}\n"
    assert told(examined(path, more)) == []


def test_several_problems_come_in_the_order_of_the_file(path: Path) -> None:
    more = rule("again", "{subject: {matches: refund}}", "{mail: {}, expect: match}")
    more += dedent("""\
        tests:
          - {mail: {}, expect: {queue: money}}
        """)
    assert [problem.code for problem in examined(path, more).problems] == [
        "shadowed-rule",
        "failing-test",
        "failing-test",
    ]


@pytest.mark.parametrize(
    ("hits", "problems"),
    [
        ({"refund": 3, "other": 1}, []),
        ({"refund": 1}, ["22:9: rules[1].id: warning: this rule had no effect on any mail of the last 30 days"]),
        ({}, ["14:1: rules: warning: no mail of the last 30 days was routed by these rules: nothing to judge"]),
    ],
)  # fmt: skip
def test_rules_that_no_mail_has_needed_are_told_where_there_is_a_history(
    path: Path, hits: dict[str, int], problems: list[str]
) -> None:
    def hits_of(rules: Sequence[str]) -> dict[str, int]:
        assert rules == ["refund", "other"]
        return hits

    history = History(period=timedelta(days=30), hits_of=hits_of)
    found = told(examined(path, rule("other", "{text: {matches: x}}"), history=history))
    assert [one[: len(wanted)] for one, wanted in zip(found, problems, strict=True)] == problems


def test_strict_takes_warnings_for_errors(path: Path) -> None:
    path.write_text(DESK + GOOD.partition("    tests")[0], encoding="utf-8")
    relaxed = examination.examine(path)
    strict = examination.examine(path, is_strict=True)
    assert (relaxed.is_ok, strict.is_ok) == (True, False)
    assert relaxed.summary().startswith(f"{path}: ok with 1 warning. 2 queues, 1 rules, 0 tests")
    assert strict.summary() == f"{path}: 1 warning"
