"""The classifier comes second."""

from __future__ import annotations

import pytest

from routing import engine
from routing.circumstances import Circumstances
from routing.classifier import LinearClassifier
from routing.decision import RoutingDecision
from routing.keyword_prior import KeywordPrior
from tests.routing.mails import mail
from tests.routing.models import model
from tests.routing.test_engine import rule, ruleset

REFUND = engine.RoutingFacts(email=mail(subject="A refund", text="My refund"))
SURE = LinearClassifier(model(threshold=0.8))
UNSURE = LinearClassifier(model(threshold=0.9999))


def test_a_sure_rule_is_not_asked_about() -> None:
    decision = engine.route(REFUND, ruleset(rule("money", "refund")), SURE)
    assert (decision.queue, decision.rule, decision.guesses, decision.model) == ("money", "money", (), None)


def test_where_no_rule_decides_a_sure_guess_does() -> None:
    decision = engine.route(REFUND, ruleset(), SURE)
    assert (decision.queue, decision.intent, decision.rule) == ("billing", "unknown", None)
    assert decision.confidence == decision.guesses[0].probability >= SURE.threshold
    assert (decision.model, decision.is_guess) == (SURE.name, True)


def test_a_sure_guess_keeps_the_intent_of_the_unsure_rule() -> None:
    decision = engine.route(REFUND, ruleset(rule("orders", "refund", confidence=0.3)), SURE)
    assert (decision.queue, decision.intent) == ("billing", "orders-intent")
    assert decision.runner_up is not None
    assert decision.runner_up.queue == "orders"


@pytest.mark.parametrize("classifier", [UNSURE, KeywordPrior({"billing": "Refunds"})])
def test_an_unsure_guess_is_for_a_person(classifier: LinearClassifier | KeywordPrior) -> None:
    decision = engine.route(REFUND, ruleset(), classifier)
    assert (decision.queue, decision.is_guess, decision.model) == ("triage", False, classifier.name)
    assert decision.guesses[0].queue == "billing"


@pytest.mark.parametrize(("classifier", "queue"), [(UNSURE, "orders"), (SURE, "billing")])
def test_the_default_queue_of_a_source_goes_before_an_unsure_guess_only(
    classifier: LinearClassifier, queue: str
) -> None:
    facts = engine.RoutingFacts(email=REFUND.email, known=Circumstances(default_queue="orders"))
    assert engine.route(facts, ruleset(), classifier).queue == queue


def test_comparing_many_mails_decides_the_same() -> None:
    outcome, decision = (ask(REFUND, ruleset(), SURE) for ask in (engine.decide, engine.route))
    assert isinstance(outcome, engine.Outcome)
    assert isinstance(decision, RoutingDecision)
    assert (outcome.place.queue, outcome.guesses) == (decision.queue, decision.guesses)


def test_a_stored_decision_of_before_the_model_is_still_read() -> None:
    stored = {"queue": "billing", "intent": "refund", "confidence": 1, "ruleset": "00"}
    assert RoutingDecision.model_validate(stored).guesses == ()
