from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from routing import engine, entities, rules
from routing.circumstances import Circumstances
from routing.decision import Candidate, Priority
from tests.routing.mails import mail


def rule(identifier: str, pattern: str, **then: Any) -> dict[str, Any]:
    outcome = {"queue": identifier, "intent": f"{identifier}-intent"} | then
    return {
        "id": identifier,
        "description": "A test rule.",
        "owner": "tests",
        "when": {"subject": {"matches": pattern}},
        "then": outcome,
    }


def addition(identifier: str, pattern: str, **then: Any) -> dict[str, Any]:
    return rule(identifier, pattern) | {"then": then, "stop": False}


def ruleset(*written: dict[str, Any], **changes: Any) -> rules.Ruleset:
    defaults = {"triage_queue": "triage", "confidence_threshold": 0.6, "extractors": entities.BUILT_IN}
    return rules.Ruleset.model_validate({"rules": written} | defaults | changes)


REFUND = engine.RoutingFacts(email=mail(subject="Refund for order #123456"))


def test_first_rule_that_holds_decides_and_the_next_one_is_the_runner_up() -> None:
    decision = engine.route(
        REFUND,
        ruleset(
            rule("abuse", "spam"),
            rule("billing", "refund", confidence=0.9),
            rule("orders", "order", confidence=0.8),
            rule("tech", "order"),
        ),
    )
    assert (decision.queue, decision.intent, decision.confidence, decision.rule) == (
        ("billing", "billing-intent", 0.9, "billing")
    )
    assert decision.runner_up == Candidate(
        queue="orders", intent="orders-intent", confidence=0.8, rule="orders"
    )


def test_decision_says_which_condition_held_where_and_by_which_words() -> None:
    (because,) = engine.route(REFUND, ruleset(rule("billing", "refund|chargeback"))).because
    assert because.rule == "billing"
    assert because.condition == 'subject matches "refund|chargeback"'
    assert (because.field, because.words) == ("subject", ("Refund",))


def test_decision_carries_what_the_mail_names() -> None:
    (entity,) = engine.route(REFUND, ruleset()).entities
    assert (entity.kind, entity.value) == ("order_id", "123456")


def test_without_a_rule_a_person_decides() -> None:
    decision = engine.route(REFUND, ruleset(rule("abuse", "spam")))
    assert (decision.queue, decision.confidence, decision.rule) == ("triage", 0.5, None)
    assert decision.because == ()
    assert decision.runner_up is None


def test_without_a_rule_the_default_queue_of_the_source_goes_before_triage() -> None:
    facts = engine.RoutingFacts(email=REFUND.email, known=Circumstances(default_queue="orders"))
    assert engine.route(facts, ruleset()).queue == "orders"


def test_an_uncertain_decision_goes_to_triage_and_shows_what_the_rules_chose() -> None:
    facts = engine.RoutingFacts(email=REFUND.email, known=Circumstances(default_queue="orders"))
    decision = engine.route(facts, ruleset(rule("billing", "refund", confidence=0.59), rule("tech", "order")))
    assert (decision.queue, decision.confidence, decision.rule) == ("triage", 0.59, None)
    assert decision.intent == "billing-intent"
    assert decision.runner_up == Candidate(
        queue="billing", intent="billing-intent", confidence=0.59, rule="billing"
    )
    assert [because.rule for because in decision.because] == ["billing"]


def test_confidence_at_the_threshold_is_enough() -> None:
    assert engine.route(REFUND, ruleset(rule("billing", "refund", confidence=0.6))).queue == "billing"


def test_rules_before_the_decision_add_tags_and_the_highest_priority_counts() -> None:
    decision = engine.route(
        REFUND,
        ruleset(
            addition("gold", "order", priority="high", tags=["gold", "vip"]),
            addition("quiet", "never", priority="urgent", tags=["quiet"]),
            rule("billing", "refund", priority="low", tags=["money", "gold"]),
            addition("late", "order", priority="urgent", tags=["late"]),
        ),
    )
    assert decision.queue == "billing"
    assert decision.priority is Priority.HIGH
    assert decision.tags == ("gold", "vip", "money")
    assert decision.runner_up is None


def test_rules_add_entities_and_the_incident_flag_which_no_other_rule_sees() -> None:
    decision = engine.route(
        REFUND,
        ruleset(
            addition("product", "refund", entities={"po_number": "PO-9"}, incident=True),
            addition("again", "order", entities={"po_number": "PO-9", "order_id": "7"}),
            rule("po", "x") | {"when": {"entity": {"kind": "po_number"}}},
        ),
    )
    assert decision.queue == "triage"
    assert decision.is_incident
    added = [(entity.kind, entity.value) for entity in decision.entities if entity.field == "rule"]
    assert added == [("po_number", "PO-9"), ("order_id", "7")]
    assert not engine.route(REFUND, ruleset(rule("billing", "refund"))).is_incident


def test_decision_tells_what_was_looked_into_as_far_as_the_runner_up() -> None:
    decision = engine.route(
        REFUND,
        ruleset(
            rule("silent", "never"),
            rule("half", "x") | {"when": {"all": [{"subject": {"matches": "refund"}}, {"follow_up": True}]}},
            rule("billing", "refund"),
            addition("late", "order", tags=["x"]),
            rule("orders", "order"),
            rule("tech", "order"),
        ),
    )
    told = [(evaluation.rule, evaluation.held) for evaluation in decision.evaluations]
    assert told == [("half", False), ("billing", True), ("orders", True)]
    assert decision.applied == ("billing",)


def test_explaining_looks_into_every_rule() -> None:
    told = engine.explain(REFUND, ruleset(rule("silent", "never"), rule("billing", "refund")))
    assert [(evaluation.rule, evaluation.held) for evaluation in told] == [
        ("silent", False),
        ("billing", True),
    ]
    assert told[0].conditions[0].seen == "Refund for order #123456"


def test_priority_may_be_lowered_where_nothing_raises_it() -> None:
    decision = engine.route(REFUND, ruleset(rule("billing", "refund", priority="low")))
    assert decision.priority is Priority.LOW


def test_tier_is_a_fact() -> None:
    gold = rule("gold", "x") | {"when": {"tier": {"is": ["gold"]}}}
    facts = engine.RoutingFacts(email=REFUND.email, known=Circumstances(tier="gold"))
    assert engine.route(facts, ruleset(gold)).queue == "gold"
    assert engine.route(REFUND, ruleset(gold)).queue == "triage"


def test_same_facts_and_rules_give_the_same_decision() -> None:
    written = (rule("billing", "refund"), rule("orders", "order"))
    assert engine.route(REFUND, ruleset(*written)) == engine.route(REFUND, ruleset(*written))


def test_hash_is_of_the_content_and_the_order_of_rules_is_content() -> None:
    one, two = rule("one", "a"), rule("two", "b")
    assert ruleset(one, two).content_hash == ruleset(one, two).content_hash
    different = [
        ruleset(two, one),
        ruleset(one),
        ruleset(one, two, confidence_threshold=0.7),
        ruleset(one, two, extractors=()),
        ruleset(one, rule("two", "c")),
    ]
    assert len({ruleset(one, two).content_hash, *(other.content_hash for other in different)}) == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"then": {"tags": ["x"]}}, "a rule without a queue decides nothing"),
        ({"stop": False}, "a rule with a queue decides"),
        ({"then": {"queue": "billing"}}, "queue and intent go together"),
        ({"then": {"queue": "billing", "intent": "x", "confidence": 1.1}}, "less than or equal to 1"),
        ({"owner": ""}, "at least 1 character"),
        ({"stop": "no"}, "valid boolean"),
        ({"prio": 1}, "Extra inputs"),
    ],
)
def test_a_contradictory_rule_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        rules.Rule.model_validate(rule("billing", "refund") | changes)


def test_a_queue_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="no queue is called 'billing'; there are orders, triage"):
        rules.Rule.model_validate(rule("billing", "x"), context={"queue": {"triage", "orders"}})
