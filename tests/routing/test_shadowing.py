from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from routing import conditions, engine, shadowing, trials
from routing.circumstances import Circumstances
from routing.email import Address, Attachment, InboundEmail
from routing.entities import BUILT_IN
from routing.haystack import Haystack
from routing.rules import Rule, Ruleset
from tests.routing.mails import mail

ADAPTER: TypeAdapter[Any] = TypeAdapter(conditions.Condition)

REFUND = {"subject": {"matches": "refund"}}
MONEY = {"subject": {"matches": "refund|chargeback|invoice"}}
GOLD = {"tier": {"is": ["gold"]}}


def subject(operator: str, *values: str) -> dict[str, Any]:
    return {"subject": {operator: values[0] if operator == "matches" else list(values)}}


CONTAINED = [
    (REFUND, REFUND),
    (REFUND, MONEY),
    (subject("matches", r"\brefund\b"), subject("matches", r"\bspam|\brefund\b")),
    (subject("contains", "refund"), MONEY),
    (subject("contains", "Chargeback received"), subject("contains", "back", "x")),
    (subject("contains", "can't log in"), subject("contains", "log in")),
    (subject("is", "a refund"), subject("contains", "refund")),
    (subject("is", "a refund"), subject("matches", "^a refund$")),
    (subject("is", "a"), subject("is", "B", "A")),
    (REFUND, {"subject_or_text": {"matches": "refund"}}),
    ({"text": {"contains": ["refund"]}}, {"subject_or_text": {"matches": "fund"}}),
    (REFUND, {"any": [GOLD, REFUND]}),
    ({"any": [REFUND, subject("is", "invoice")]}, MONEY),
    ({"any": [GOLD, REFUND]}, {"any": [REFUND, GOLD]}),
    ({"all": [GOLD, REFUND]}, MONEY),
    ({"all": [GOLD, REFUND]}, {"all": [MONEY, GOLD]}),
    ({"not": MONEY}, {"not": REFUND}),
    (
        {"sender": {"is": ["boss@big.example"]}},
        {"sender": {"matches": r"@big\.example$"}},
    ),
    (
        {"header": {"name": "X-Tag", "value": {"is": ["sale"]}}},
        {"header": {"name": "x-tag", "value": {"is": ["news", "SALE"]}}},
    ),
    ({"entity": {"kind": "order_id", "value": {"matches": "^9"}}}, {"entity": {"kind": "order_id"}}),
    (
        {"attachment": {"filename": {"matches": "invoice"}, "content_type": {"is": ["application/pdf"]}}},
        {"attachment": {"filename": {"matches": "invoice|bill"}}},
    ),
]
APART = [
    (MONEY, REFUND),
    (REFUND, {"text": {"matches": "refund"}}),
    ({"subject_or_text": {"matches": "refund"}}, REFUND),
    (subject("contains", "refund"), subject("matches", r"\brefund\b")),
    (subject("contains", "a refund"), subject("matches", "a refund")),
    (subject("contains", "refund"), subject("is", "refund")),
    (subject("is", "a", "refund"), subject("contains", "refund")),
    (subject("is", "Refund"), subject("matches", "(?-i)Refund")),
    (subject("matches", "refund.*order"), REFUND),
    (subject("matches", "(refund|x)"), REFUND),
    (subject("matches", r"a\|b"), subject("matches", r"c|a\|b|b")),
    ({"any": [GOLD, REFUND]}, MONEY),
    (REFUND, {"all": [GOLD, REFUND]}),
    ({"not": REFUND}, {"not": MONEY}),
    ({"entity": {"kind": "order_id"}}, {"entity": {"kind": "order_id", "value": {"matches": "."}}}),
    ({"entity": {"kind": "order_id"}}, {"entity": {"kind": "po_number"}}),
    (
        {"attachment": {"filename": {"matches": "invoice"}}},
        {"attachment": {"filename": {"matches": "invoice"}, "content_type": {"is": ["application/pdf"]}}},
    ),
]


@pytest.mark.parametrize(("narrow", "wide"), CONTAINED)
def test_a_condition_lies_within_another(narrow: dict[str, Any], wide: dict[str, Any]) -> None:
    assert shadowing.implies(ADAPTER.validate_python(narrow), ADAPTER.validate_python(wide))


@pytest.mark.parametrize(("narrow", "wide"), APART)
def test_what_is_wider_or_undecided_lies_not_within(narrow: dict[str, Any], wide: dict[str, Any]) -> None:
    assert not shadowing.implies(ADAPTER.validate_python(narrow), ADAPTER.validate_python(wide))


def rule(number: int, when: Any, *, stop: bool = True) -> Rule:
    then = {"queue": f"q{number}", "intent": "x"} if stop else {"tags": ["x"]}
    written = {"id": str(number), "description": "x", "owner": "x", "when": when, "then": then, "stop": stop}
    return Rule.model_validate(written)


def test_rules_can_take_everything_together() -> None:
    above = [rule(1, GOLD), rule(2, subject("contains", "x")), rule(3, MONEY)]
    assert shadowing.takers(rule(4, {"any": [REFUND, GOLD]}).when, above) == ["3", "1"]


def test_a_rule_that_only_adds_takes_nothing() -> None:
    assert shadowing.takers(rule(2, REFUND).when, [rule(1, MONEY, stop=False)]) == []


TEXTS = st.lists(
    st.sampled_from(
        [
            "refund",
            "Refunds",
            "order",
            "#123456",
            "log",
            "in",
            "log in",
            "refund",
            "can't",
            "can\u2019t",
            "a|b",
            "x",
        ]
    ),
    max_size=4,
).flatmap(lambda words: st.sampled_from([" ", "\n", ""]).map(lambda space: space.join(words)))
PHRASE_LIST = ["refund", "Refund", "fund", "log in", "can't log", "can\u2019t", "order #123456", "x", "a|b"]
PATTERN_LIST = [
    "refund",
    "fund",
    "x|refund",
    r"\brefund\b",
    r"order|\brefund\b",
    "^refund",
    "refund$",
    "log in",
    "(?-i)Refund",
    "re(fund|x)",
    r"a\|b",
    r"x|a\|b",
    "[^r]efund",
    "x*",
    "b",
    ".",
    "can.t",
]
PHRASES, PATTERNS = st.sampled_from(PHRASE_LIST), st.sampled_from(PATTERN_LIST)
SOME = st.lists(PHRASES, min_size=1, max_size=3, unique=True)
COMPARISONS = st.one_of(
    PATTERNS.map(lambda pattern: {"matches": pattern}),
    SOME.map(lambda phrases: {"contains": phrases}),
    SOME.map(lambda values: {"is": values}),
)
FACTS = st.one_of(
    st.sampled_from(["subject", "text", "subject_or_text", "tier", "sender", "recipient"]).flatmap(
        lambda key: COMPARISONS.map(lambda comparison: {key: comparison})
    ),
    COMPARISONS.map(lambda comparison: {"header": {"name": "X-Tag", "value": comparison}}),
    COMPARISONS.map(lambda comparison: {"entity": {"kind": "order_id", "value": comparison}}),
    st.just({"entity": {"kind": "order_id"}}),
    st.tuples(COMPARISONS, COMPARISONS).map(
        lambda pair: {"attachment": {"filename": pair[0], "content_type": pair[1]}}
    ),
    COMPARISONS.map(lambda comparison: {"attachment": {"filename": comparison}}),
)
CONDITIONS = st.recursive(
    FACTS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda pair: {pair[0]: pair[1]}
        ),
        inner.map(lambda condition: {"not": condition}),
    ),
    max_leaves=4,
)
MAILS = st.builds(
    lambda subject, text, name, tag: mail(
        subject=subject,
        text=text,
        sender=Address(email=f"{name}@x"),
        headers=(("X-Tag", tag),),
        attachments=(Attachment(filename=name, content_type=tag, size=0),),
    ),
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
)


@given(st.lists(CONDITIONS, min_size=2, max_size=6), st.lists(MAILS, min_size=1, max_size=5), TEXTS)
def test_a_rule_that_is_called_shadowed_never_decides(
    whens: list[dict[str, Any]], mails: list[InboundEmail], tier: str
) -> None:
    """Whatever the rules and the mails are; where one condition is said to lie in another, it does."""
    rules = tuple(rule(number, when) for number, when in enumerate(whens))
    ruleset = Ruleset(rules=rules, triage_queue="triage", confidence_threshold=0, extractors=BUILT_IN)
    shadowed = {later.id for place, later in enumerate(rules) if shadowing.takers(later.when, rules[:place])}
    for email in mails:
        facts = engine.RoutingFacts(email=email, known=Circumstances(tier=tier))
        assert trials.decider(engine.route(facts, ruleset)) not in shadowed
        held = [one.when for one in rules if trials.holds(one, facts, ruleset)]
        missed = [one.when for one in rules if one.when not in held]
        assert not any(shadowing.implies(narrow, wide) for narrow in held for wide in missed)


def test_of_many_pairs_of_comparisons_none_is_called_contained_that_a_text_proves_apart() -> None:
    words = [
        "refund",
        "REFUND",
        "Refunds",
        "can't",
        "can\u2019t log",
        "log in",
        "a|b",
        "b",
        "order #123456",
        "",
    ]
    texts = [f"{first}{space}{second}" for first in words for second in words for space in (" ", "\n", "")]
    written = [{"matches": pattern} for pattern in PATTERN_LIST]
    written += [{operator: [phrase]} for operator in ("contains", "is") for phrase in PHRASE_LIST]
    facts_ = [ADAPTER.validate_python({"subject": comparison}) for comparison in written]
    hits = [{text for text in texts if one.comparison.words_in(Haystack(text))} for one in facts_]
    for narrow, small in zip(facts_, hits, strict=True):
        for wide, large in zip(facts_, hits, strict=True):
            assert small <= large or not shadowing.implies(narrow, wide), f"{narrow} in {wide}"
