"""Rules tried on their examples: what holds, what decides, and what is not as expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routing import engine
from routing.rule_tests import Destination

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from routing.decision import RoutingDecision
    from routing.rule_tests import DeskTest, ExampleMail, RuleTest
    from routing.rules import Rule, Ruleset


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """A rule set and what is needed to try it."""

    ruleset: Ruleset
    tier_of: Callable[[str], str]
    """The tier of a sender's address; asked with the empty string for a mail without a sender."""

    def facts(self, mail: ExampleMail) -> engine.RoutingFacts:
        """What the engine would know of an example."""
        tier = self.tier_of(mail.sender.email if mail.sender else "")
        return engine.RoutingFacts(email=mail.email(), known=mail.circumstances(tier=tier))

    def failure(self, test: RuleTest | DeskTest, rule: Rule | None = None) -> str | None:
        """What is not as a test expects, as a sentence; None if it passes.

        Args:
            test: an example.
            rule: whose example it is, which counts for match and no_match.
        """
        facts = self.facts(test.mail)
        if isinstance(test.expect, Destination):
            decision = engine.route(facts, self.ruleset)
            if decision.queue == test.expect.queue:
                return None
            return f"expected the queue {test.expect.queue}, but {destination(decision)}"
        held = rule is not None and holds(rule, facts, self.ruleset)
        if held == (test.expect == "match"):
            return None
        fault = "matches" if held else "does not match"
        return f"this mail {fault} the rule; {destination(engine.route(facts, self.ruleset))}"


def holds(rule: Rule, facts: engine.RoutingFacts, ruleset: Ruleset) -> bool:
    """Whether a rule's condition holds for a mail, whatever the other rules say."""
    return rule.when.holds(engine.evidence_of(facts, ruleset))


def decider(decision: RoutingDecision) -> str | None:
    """The rule that ended the search, also where it was too unsure to decide; None if none did."""
    return decision.rule or (decision.runner_up.rule if decision.runner_up else None)


def destination(decision: RoutingDecision) -> str:
    """Where a mail goes and by which rule, as a clause."""
    if decision.rule:
        return f"the rule {decision.rule} sends it to {decision.queue}"
    if unsure := decider(decision):
        return f"it goes to {decision.queue}, because the rule {unsure} is not certain enough"
    return f"it goes to {decision.queue}, because no rule decides"


def takers(rule: Rule, bench: Bench) -> list[str]:
    """The other rules that decide all the mails that this rule's own examples say it matches.

    Empty if one of them is decided by the rule itself or by none, or if there is no such example.
    """
    deciders = list(_deciders(rule, bench))
    if rule.id in deciders or None in deciders:
        return []
    return list(dict.fromkeys(filter(None, deciders)))


def _deciders(rule: Rule, bench: Bench) -> Iterator[str | None]:
    for test in rule.tests:
        facts = bench.facts(test.mail)
        if test.expect == "match" and holds(rule, facts, bench.ruleset):
            yield decider(engine.route(facts, bench.ruleset))
