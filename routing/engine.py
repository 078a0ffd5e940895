"""From the facts of a mail and the rules to a decision with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from routing import entities
from routing.circumstances import Circumstances
from routing.decision import Because, Candidate, Priority, RoutingDecision
from routing.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.email import InboundEmail
    from routing.evidence import Finding
    from routing.rules import Rule, Ruleset

UNKNOWN_INTENT = "unknown"
NO_RULE_CONFIDENCE = 0.5
_PRIORITIES = tuple(Priority)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingFacts:
    """What is known about a mail when it is routed."""

    email: InboundEmail
    known: Circumstances = field(default_factory=Circumstances)


def route(facts: RoutingFacts, ruleset: Ruleset) -> RoutingDecision:
    """Decide by the first rule that holds and stops; pure, so that a replay gives the same decision.

    Rules before it that do not stop add their tags, and the highest priority given counts. `runner_up` is the
    next rule that would have decided; where the decision is too uncertain and goes to triage, it is what the
    rules chose.
    """
    found = entities.extract(facts.email, ruleset.extractors)
    evidence = Evidence(email=facts.email, tier=facts.known.tier, entities=found)
    matches = _matches(evidence, ruleset)
    applied, winner = _until_decided(matches)
    next_choice = next((match.rule.candidate for match in matches if match.rule.candidate), None)
    place, runner_up = _settle(winner.rule.candidate if winner else None, next_choice, facts, ruleset)
    return RoutingDecision(
        queue=place.queue,
        intent=place.intent,
        confidence=place.confidence,
        rule=place.rule,
        because=_because(winner) if winner else (),
        runner_up=runner_up,
        entities=found,
        priority=_highest_priority(applied),
        tags=tuple(dict.fromkeys(tag for rule in applied for tag in rule.then.tags)),
        ruleset=ruleset.content_hash,
    )


class _Match(NamedTuple):
    rule: Rule
    findings: tuple[Finding, ...]


def _matches(evidence: Evidence, ruleset: Ruleset) -> Iterator[_Match]:
    for rule in ruleset.rules:
        verdict = rule.when.evaluate(evidence)
        if verdict.held:
            yield _Match(rule, verdict.findings)


def _until_decided(matches: Iterator[_Match]) -> tuple[list[Rule], _Match | None]:
    """The rules that apply, in order, and the one among them that decides; `matches` is left behind it."""
    applied: list[Rule] = []
    for match in matches:
        applied.append(match.rule)
        if match.rule.stop:
            return applied, match
    return applied, None


def _settle(
    chosen: Candidate | None, next_choice: Candidate | None, facts: RoutingFacts, ruleset: Ruleset
) -> tuple[Candidate, Candidate | None]:
    """Where the mail really goes, and the runner-up."""
    if chosen is None:
        queue = facts.known.default_queue or ruleset.triage_queue
        return Candidate(queue=queue, intent=UNKNOWN_INTENT, confidence=NO_RULE_CONFIDENCE), None
    if chosen.confidence < ruleset.confidence_threshold:
        return chosen.model_copy(update={"queue": ruleset.triage_queue, "rule": None}), chosen
    return chosen, next_choice


def _because(winner: _Match) -> tuple[Because, ...]:
    return tuple(
        Because(rule=winner.rule.id, condition=finding.condition, field=finding.field, words=finding.words)
        for finding in winner.findings
    )


def _highest_priority(rules: list[Rule]) -> Priority:
    given = [rule.then.priority for rule in rules if rule.then.priority]
    return max(given, key=_PRIORITIES.index, default=Priority.NORMAL)
