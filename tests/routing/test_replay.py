"""What a replay counts, and that nobody can tell how its work was divided."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import engine
from routing.replay import Agreement, Kind, Move, Outcome, Report, RuleHits, Verdict
from routing.replay_tally import EXAMPLES_OF_A_KIND, Tally, merged
from routing.rules import Ruleset
from tests.routing.mails import mail

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MONEY = Verdict(queue="billing", intent="refund", confidence=0.9, rule="money", applied=("gold", "money"))
NONE = Verdict(queue="triage", intent="unknown", confidence=0.5)


def outcome(then: Verdict, now: Verdict, number: int = 1, **changes: Any) -> Outcome:
    values: dict[str, Any] = {
        "trace_id": f"trace-{number}",
        "received_at": NOW + timedelta(minutes=number),
        "subject": "Refund",
    }
    return Outcome(then=then, now=now, **values | changes)


def report_of(outcomes: Iterable[Outcome]) -> Report:
    tally = Tally()
    for one in outcomes:
        tally.add(one)
    return tally.report()


def changed(verdict: Verdict, **changes: Any) -> Verdict:
    return dataclasses.replace(verdict, **changes)


def test_what_is_decided_as_before_is_unchanged() -> None:
    report = report_of([outcome(MONEY, MONEY)])
    assert (report.total, report.unchanged, report.moves, report.examples) == (1, 1, (), ())


def test_a_mail_that_a_rule_takes_out_of_triage_has_moved_and_is_newly_matched() -> None:
    report = report_of([outcome(NONE, MONEY)])
    assert (report.moved, report.newly_matched, report.newly_unmatched, report.unchanged) == (1, 1, 0, 0)
    assert report.moves == (Move(from_queue="triage", to_queue="billing", count=1),)
    assert {example.kind for example in report.examples} == {Kind.MOVED, Kind.NEWLY_MATCHED}


def test_a_mail_that_no_rule_takes_any_more_is_newly_unmatched() -> None:
    report = report_of([outcome(MONEY, NONE)])
    assert (report.moved, report.newly_matched, report.newly_unmatched) == (1, 0, 1)


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (changed(MONEY, confidence=0.8), Kind.CONFIDENCE),
        (changed(MONEY, rule="invoice"), Kind.DETAILS),
        (changed(MONEY, intent="invoice"), Kind.DETAILS),
        (changed(MONEY, priority="high"), Kind.DETAILS),
        (changed(MONEY, tags=("gold",)), Kind.DETAILS),
    ],
)
def test_a_change_within_the_queue_is_told_apart(now: Verdict, kind: Kind) -> None:
    report = report_of([outcome(MONEY, now)])
    counts = {name: getattr(report, name) for name in Kind}
    assert counts == dict.fromkeys(Kind, 0) | {kind: 1}
    assert [example.kind for example in report.examples] == [kind]


def test_each_rule_that_had_an_effect_is_counted_before_and_after() -> None:
    old_record = changed(MONEY, applied=())
    report = report_of([outcome(old_record, MONEY, 1), outcome(MONEY, NONE, 2)])
    assert report.rules == (
        RuleHits(rule="gold", before=1, after=1),
        RuleHits(rule="money", before=2, after=1),
    )


def test_the_agents_queue_says_whether_a_change_is_better() -> None:
    report = report_of(
        [
            outcome(NONE, MONEY, 1, final_queue="billing"),
            outcome(MONEY, NONE, 2, final_queue="billing"),
            outcome(NONE, MONEY, 3, final_queue="orders"),
            outcome(MONEY, MONEY, 4, final_queue="billing"),
            outcome(NONE, MONEY, 5),
        ]
    )
    assert report.agreement == Agreement(confirmed=4, before=2, after=2, gained=1, lost=1)


def test_the_examples_are_the_newest_and_few_and_on_one_line() -> None:
    mails = [outcome(NONE, MONEY, number, subject=f"a\nb {'c' * 500}") for number in range(100)]
    examples = [example for example in report_of(mails).examples if example.kind is Kind.MOVED]
    newest = [f"trace-{number}" for number in range(99, 99 - EXAMPLES_OF_A_KIND, -1)]
    assert [example.trace_id for example in examples] == newest
    assert examples[0].subject.startswith("a b ccc")
    assert len(examples[0].subject) == 100


def test_a_decision_is_compared_by_what_is_stored_of_it() -> None:
    """What `decide` says quickly is what `route` has stored."""
    money = {
        "id": "money", "description": "d", "owner": "o", "when": {"subject": {"contains": ["refund"]}},
        "then": {"queue": "billing", "intent": "refund", "confidence": 0.7, "tags": ["vip"], "priority": "high"},
    }  # fmt: skip
    ruleset = Ruleset.model_validate(
        {"rules": [money], "triage_queue": "triage", "confidence_threshold": 0.6, "extractors": ()}
    )
    for subject in ("A refund", "Hello"):
        facts = engine.RoutingFacts(email=mail(subject=subject))
        stored = engine.route(facts, ruleset).model_dump_json()
        assert Verdict.read(stored) == Verdict.of(engine.decide(facts, ruleset))


def test_an_empty_report_says_so_in_canonical_json() -> None:
    text = Report().to_json()
    assert text.startswith('{"agreement":{"after":0,')
    assert Report.model_validate_json(text) == Report() == merged([])


verdicts = st.builds(
    Verdict,
    queue=st.sampled_from(["billing", "orders", "triage"]),
    intent=st.sampled_from(["refund", "parcel"]),
    confidence=st.sampled_from([0.5, 0.8, 0.9]),
    rule=st.none() | st.sampled_from(["money", "parcel"]),
    applied=st.lists(st.sampled_from(["gold", "money"]), unique=True).map(tuple),
)
outcomes = st.lists(
    st.builds(
        Outcome,
        trace_id=st.uuids().map(str),
        received_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC)),  # noqa: DTZ001
        subject=st.text(max_size=20),
        then=verdicts,
        now=verdicts,
        final_queue=st.none() | st.sampled_from(["billing", "orders"]),
    ),
    max_size=40,
    unique_by=lambda one: one.trace_id,
)


@given(st.lists(outcomes, min_size=3, max_size=3), st.randoms(use_true_random=False))
def test_a_report_does_not_depend_on_how_the_work_was_divided(
    parts: list[list[Outcome]], random: Any
) -> None:
    """Associative, commutative, with the empty report as its neutral element: to the byte."""
    everything = [one for part in parts for one in part]
    first, second, third = map(report_of, parts)
    whole = report_of(everything).to_json()
    random.shuffle(everything)
    assert report_of(everything).to_json() == whole
    assert merged([merged([first, second]), third]).to_json() == whole
    assert merged([first, merged([third, second]), Report()]).to_json() == whole


@given(outcomes)
def test_every_mail_is_counted_once(mails: list[Outcome]) -> None:
    report = report_of(mails)
    assert report.total == len(mails)
    assert report.total == report.unchanged + report.moved + report.confidence + report.details
    assert sum(move.count for move in report.moves) == report.moved
