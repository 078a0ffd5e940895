"""The list of the rules that decide now."""

from __future__ import annotations

from typing import Any

from blocks import rules_overview
from blocks.rules_overview import Overview, RuleUse
from tests.blocks import factories


def rule(**changes: Any) -> RuleUse:
    values: dict[str, Any] = {
        "id": "money",
        "owner": "billing",
        "queue_name": "Billing",
        "hits": 20,
        "misrouted": 0,
    }
    return RuleUse(**values | changes)


def shown(*rules: RuleUse, decided: int = 100, misrouted: int = 0) -> str:
    overview = Overview(ruleset="ab" * 32, days=7, rules=rules, decided=decided, misrouted=misrouted)
    message = rules_overview.build(overview)
    message.payload()
    return factories.shown(message)


def test_a_rule_says_its_owner_its_queue_and_what_it_did() -> None:
    words = shown(rule(), rule(id="gold", queue_name=None, hits=1))
    assert "2 rules, rule set abababababab" in words
    assert "*money* → Billing, owner billing; 20 hits in 7 days" in words
    assert "*gold* → only adds, owner billing; 1 hit in 7 days" in words
    assert "moved on" not in words


def test_a_rule_that_people_correct_shows_how_often() -> None:
    words = shown(rule(misrouted=3), rule(id="late", hits=0, misrouted=1), misrouted=4)
    assert "20 hits in 7 days; 3 moved on (15\N{NO-BREAK SPACE}%)" in words
    assert "💤 *late* → Billing, owner billing; no hit in 7 days; 1 moved on" in words
    assert "moved to another queue by people: 4 tickets (4\N{NO-BREAK SPACE}%)" in words


def test_a_new_desk_has_no_rate() -> None:
    assert "by people: 0 tickets. " in shown(rule(hits=0), decided=0)


def test_a_thousand_long_rules_fit_into_a_message() -> None:
    long = rule(id="<!channel>" * 50, owner="&" * 300, queue_name="*" * 300, misrouted=10_000, hits=100_000)
    words = shown(*[long] * 1_000)
    assert "and 960 more" in words
    assert "<!channel>" not in words
