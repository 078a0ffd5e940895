"""The engine that asks all patterns at once agrees with one that asks each rule, condition by condition."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import engine, entities, rules
from routing.business_hours import BusinessHours
from routing.circumstances import Circumstances
from routing.email import Address, Attachment, InboundEmail
from routing.evidence import Evidence
from tests.routing.mails import mail

WORDS = ["refund", "Größe", "заказ", "order 12345", "注文", "can't", "x_1", "“hi”", "\n"]
PATTERNS = [
    r"\brefund\b",
    r"größe\b",
    r"\bзаказ",
    r"\d{2,}",
    r"\w+_\d",
    r"^\W",
    r"注文|refund",
    r"\Bf",
    "never",
]

comparisons = st.one_of(
    st.sampled_from(PATTERNS).map(lambda pattern: {"matches": pattern}),
    st.lists(st.sampled_from(WORDS[:7]), min_size=1, max_size=2).map(lambda words: {"contains": words}),
    st.sampled_from(["refund", "gold", "de", "a@b.example", "b.example"]).map(lambda value: {"is": [value]}),
)
leaves = st.one_of(
    st.tuples(
        st.sampled_from(["subject", "text", "subject_or_text", "sender", "recipient", "language"]),
        comparisons,
    ).map(lambda pair: {pair[0]: pair[1]}),
    st.sampled_from(["gold", "standard"]).map(lambda tier: {"tier": {"is": [tier]}}),
    comparisons.map(lambda value: {"header": {"name": "X-Y", "value": value}}),
    st.just({"entity": {"kind": "order_id"}}),
    comparisons.map(lambda value: {"attachment": {"filename": value, "content_type": {"is": ["a/b"]}}}),
    st.booleans().map(lambda wanted: {"follow_up": wanted}),
    st.just({"size": {"above": "1KB"}}),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@st.composite
def rulesets(draw: st.DrawFn) -> rules.Ruleset:
    written: list[dict[str, Any]] = []
    for number, condition in enumerate(draw(st.lists(conditions, max_size=6))):
        decides = draw(st.booleans())
        then = {"queue": f"q{number}", "intent": "i", "confidence": draw(st.sampled_from([0.4, 0.9]))}
        written.append(
            {
                "id": str(number), "description": "d", "owner": "o", "when": condition,
                "then": then if decides else {"tags": [str(number)]}, "stop": decides,
            }
        )  # fmt: skip
    return rules.Ruleset.model_validate(
        {
            "rules": written, "triage_queue": "triage", "confidence_threshold": 0.6,
            "extractors": entities.BUILT_IN,
        }
    )  # fmt: skip


@st.composite
def mails(draw: st.DrawFn) -> InboundEmail:
    return mail(
        subject=draw(texts),
        text=draw(texts) * draw(st.sampled_from([1, 60])),
        sender=draw(st.sampled_from([None, Address(email="a@b.example")])),
        headers=draw(st.lists(st.tuples(st.just("x-y"), texts), max_size=2).map(tuple)),
        attachments=draw(
            st.lists(st.builds(Attachment, filename=texts, content_type=st.just("a/b"), size=st.just(1)))
            .map(lambda files: tuple(files[:2]))
        ),
    )  # fmt: skip


def naively(evidence: Evidence, ruleset: rules.Ruleset) -> tuple[list[str], str | None]:
    """Ids of the rules that apply, and of the one that decides."""
    applied = []
    for rule in ruleset.rules:
        if rule.when.evaluate(evidence).held:
            applied.append(rule.id)
            if rule.stop:
                return applied, rule.id
    return applied, None


@settings(max_examples=200, deadline=None)
@given(
    rulesets(), mails(), st.sampled_from(["gold", "standard"]), st.sampled_from([None, "de"]), st.booleans()
)
def test_engine_agrees_with_asking_rule_by_rule(
    ruleset: rules.Ruleset,
    email: InboundEmail,
    tier: str,
    language: str | None,
    is_follow_up: bool,  # noqa: FBT001 - hypothesis passes it so
) -> None:
    known = Circumstances(tier=tier, language=language, is_follow_up=is_follow_up)
    evidence = Evidence(
        email=email, known=known, extraction=ruleset.extraction, business_hours=BusinessHours()
    )
    applied, decider = naively(evidence, ruleset)
    facts = engine.RoutingFacts(email=email, known=known)
    decision, outcome = engine.route(facts, ruleset), engine.decide(facts, ruleset)
    assert list(decision.applied) == applied
    assert (outcome.winner.id if outcome.winner else None) == decider
    assert (decision.queue, decision.rule) == (outcome.place.queue, outcome.place.rule)
    held = {evaluation.rule for evaluation in decision.evaluations if evaluation.held}
    assert set(applied) <= held
    every = engine.explain(facts, ruleset)
    assert [one.held for one in every] == [rule.when.evaluate(evidence).held for rule in ruleset.rules]
