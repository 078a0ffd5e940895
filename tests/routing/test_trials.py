from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from routing import trials
from routing.email import Address
from routing.entities import BUILT_IN
from routing.rule_tests import DeskTest, ExampleMail, RuleTest
from routing.rules import Rule, Ruleset

FIRST = {
    "id": "first",
    "when": {"subject": {"matches": "spam"}},
    "then": {"queue": "abuse", "intent": "abuse"},
}
SECOND = {
    "id": "second",
    "when": {"subject": {"matches": "refund"}},
    "then": {"queue": "money", "intent": "x"},
}
UNSURE = {
    "id": "unsure",
    "when": {"tier": {"is": ["gold"]}},
    "then": {"queue": "vip", "intent": "x", "confidence": 0.2},
}


def rule(written: dict[str, Any], *tests: dict[str, Any]) -> Rule:
    return Rule.model_validate(written | {"description": "x", "owner": "x", "tests": tests})


def bench(*rules: Rule) -> trials.Bench:
    ruleset = Ruleset(rules=rules, triage_queue="triage", confidence_threshold=0.6, extractors=BUILT_IN)
    return trials.Bench(ruleset=ruleset, tier_of=lambda address: "gold" if "big" in address else "standard")


RULES = [rule(FIRST), rule(SECOND), rule(UNSURE)]


@pytest.mark.parametrize(
    ("mail", "expect", "failure"),
    [
        ({"subject": "Refund"}, "match", None),
        ({"subject": "Refund this spam"}, "match", None),
        ({"subject": "Question"}, "no_match", None),
        ({"subject": "Refund"}, {"queue": "money"}, None),
        ({"subject": "Question"}, {"queue": "triage"}, None),
        (
            {"subject": "Spam"},
            "match",
            "this mail does not match the rule; the rule first sends it to abuse",
        ),
        ({}, "match", "this mail does not match the rule; it goes to triage, because no rule decides"),
        ({"subject": "Refund"}, "no_match", "this mail matches the rule; the rule second sends it to money"),
        (
            {"subject": "Refund this spam"},
            {"queue": "money"},
            "expected the queue money, but the rule first sends it to abuse",
        ),
        (
            {"from": "boss@big.example"},
            {"queue": "vip"},
            "expected the queue vip, but it goes to triage, because the rule unsure is not certain enough",
        ),
    ],
)
def test_a_failure_says_what_was_decided_instead_and_by_which_rule(
    mail: dict[str, Any], expect: Any, failure: str | None
) -> None:
    test = RuleTest.model_validate({"mail": mail, "expect": expect})
    assert bench(*RULES).failure(test, RULES[1]) == failure


def test_an_example_tells_all_that_a_rule_can_ask() -> None:
    example = ExampleMail.model_validate(
        {
            "subject": "S",
            "text": "T",
            "from": "Pat Lee <PAT@customer.example>",
            "to": "support@acme.example",
            "cc": ["boss@customer.example", "Kim <kim@customer.example>"],
            "headers": {"X-Tag": "sale"},
            "attachments": [{"filename": "a.pdf", "detected_type": "text/html"}, {"filename": "b"}],
            "language": "de",
            "follow_up": True,
            "at": "2026-12-24T20:00:00+01:00",
        }
    )
    email, known = example.email(), example.circumstances(tier="standard")
    assert email.sender == Address(email="pat@customer.example", name="Pat Lee")
    assert [address.email for address in email.to] == ["support@acme.example"]
    assert [address.name for address in email.cc] == ["", "Kim"]
    assert email.header("x-tag") == "sale"
    assert email.received_at == datetime(2026, 12, 24, 19, tzinfo=UTC)
    assert known.detected_types == ("text/html", None)
    assert (known.tier, known.language, known.is_follow_up) == ("standard", "de", True)


@pytest.mark.parametrize(
    ("mail", "tier"),
    [
        ({}, "standard"),
        ({"tier": "silver"}, "silver"),
        ({"requester": {"tier": "bronze", "segment": "school"}}, "bronze"),
        ({"tier": "silver", "requester": {"tier": "bronze"}}, "silver"),
        ({"requester": {"segment": "school"}}, "standard"),
    ],
)
def test_the_tier_is_what_the_example_says_else_that_of_the_requester_else_of_the_address(
    mail: dict[str, Any], tier: str
) -> None:
    assert ExampleMail.model_validate(mail).circumstances(tier="standard").tier == tier


def test_a_time_without_a_zone_is_none() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        ExampleMail.model_validate({"at": "2026-12-24T20:00:00"})


def test_a_test_of_the_desk_expects_a_queue() -> None:
    with pytest.raises(ValidationError, match=r"expect"):
        DeskTest.model_validate({"mail": {}, "expect": "match"})


def test_tests_change_no_hash() -> None:
    tested = rule(FIRST, {"mail": {"subject": "spam"}, "expect": "match"})
    assert bench(tested).ruleset.content_hash == bench(rule(FIRST)).ruleset.content_hash


MATCHED = {"mail": {"subject": "Refund this spam"}, "expect": "match"}
OWN = {"mail": {"subject": "Refund"}, "expect": "match"}
NO_MATCH = {"mail": {}, "expect": "no_match"}


@pytest.mark.parametrize(
    ("tests", "takers"),
    [
        ([], []),
        ([NO_MATCH], []),
        ([MATCHED, NO_MATCH], ["first"]),
        ([MATCHED, OWN], []),
        ([{"mail": {"subject": "Spam"}, "expect": "match"}], []),
    ],
)
def test_a_rule_is_overtaken_if_others_decide_every_mail_that_it_says_it_matches(
    tests: list[dict[str, Any]], takers: list[str]
) -> None:
    overtaken = rule(SECOND, *tests)
    assert trials.takers(overtaken, bench(rule(FIRST), overtaken)) == takers
