"""Two rule sets beside each other."""

from __future__ import annotations

from typing import Any

from routing import ruleset_changes
from routing.rules import Rule, Ruleset
from routing.ruleset_changes import Changes


def rule(name: str, queue: str = "billing") -> Rule:
    content: dict[str, Any] = {
        "id": name,
        "description": "A rule.",
        "owner": "billing",
        "when": {"subject": {"contains": ["refund"]}},
        "then": {"queue": queue, "intent": "refund"},
    }
    return Rule.model_validate(content)


def between(old: list[Rule], new: list[Rule]) -> Changes:
    return ruleset_changes.between(*(_ruleset(rules) for rules in (old, new)))


def _ruleset(rules: list[Rule]) -> Ruleset:
    return Ruleset(rules=tuple(rules), triage_queue="triage", confidence_threshold=0.6, extractors=())


def test_the_same_rules_have_not_changed() -> None:
    assert between([rule("a"), rule("b")], [rule("a"), rule("b")]) == Changes()


def test_rules_that_came_went_and_changed_are_named() -> None:
    changes = between([rule("a"), rule("b"), rule("c")], [rule("b", "orders"), rule("c"), rule("d")])
    assert changes == Changes(added=("d",), removed=("a",), changed=("b",))


def test_another_order_is_told_because_it_is_the_precedence() -> None:
    assert between([rule("a"), rule("b")], [rule("b"), rule("a")]) == Changes(is_reordered=True)


def test_the_canonical_text_is_what_the_hash_is_made_of() -> None:
    one, same, other = _ruleset([rule("a")]), _ruleset([rule("a")]), _ruleset([rule("a", "orders")])
    assert (one.canonical_json, one.content_hash) == (same.canonical_json, same.content_hash)
    assert one.canonical_json != other.canonical_json
    assert one.content_hash != other.content_hash
