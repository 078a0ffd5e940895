"""From the facts of a mail and the rules to a decision with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from routing.circumstances import Circumstances
from routing.decision import Because, Candidate, Entity, Evaluation, Priority, RoutingDecision
from routing.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.email import InboundEmail
    from routing.guesses import Classifier, Guess
    from routing.rules import Rule, Ruleset

UNKNOWN_INTENT = "unknown"
NO_RULE_CONFIDENCE = 0.5


class RoutingFacts(NamedTuple):
    """What is known about a mail when it is routed."""

    email: InboundEmail
    known: Circumstances = Circumstances()


class Outcome(NamedTuple):
    """What the rules say, without the reasons."""

    place: Candidate
    """Where the mail goes; its rule is None where none decided surely enough."""
    runner_up: Candidate | None
    """The next rule that would have decided; where the decision is too uncertain, what the rules chose."""
    winner: Rule | None
    applied: tuple[Rule, ...]
    """The rules that held, as far as the one that decided."""
    looked_into: tuple[Rule, ...]
    """The rules that were worth a look, as far as the runner-up."""
    guesses: tuple[Guess, ...] = ()
    model: str | None = None
    """Name of the classifier, if it was asked."""
    is_guess: bool = False
    """Whether its first guess decided."""

    @property
    def priority(self) -> Priority:
        """The highest that a rule gives."""
        given = [rule.then.priority for rule in self.applied if rule.then.priority]
        return max(given, key=lambda priority: priority.rank) if given else Priority.NORMAL

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of all rules that held, each once."""
        return tuple(dict.fromkeys([tag for rule in self.applied for tag in rule.then.tags]))


def decide(facts: RoutingFacts, ruleset: Ruleset, classifier: Classifier | None = None) -> Outcome:
    """Decide by the first rule that holds and stops; `route` without the reasons, for comparing many mails."""
    evidence = evidence_of(facts, ruleset)
    return _decide(evidence, ruleset, classifier)


def route(facts: RoutingFacts, ruleset: Ruleset, classifier: Classifier | None = None) -> RoutingDecision:
    """Decide by the first rule that holds and stops; pure, so that a replay gives the same decision.

    Rules before it that do not stop add their tags and entities, and the highest priority given counts. What a
    rule adds is not looked at by another one. Only where no rule is sure the classifier is asked; where that is not
    sure either, a person decides.
    """
    evidence = evidence_of(facts, ruleset)
    outcome = _decide(evidence, ruleset, classifier)
    return RoutingDecision(
        queue=outcome.place.queue,
        intent=outcome.place.intent,
        confidence=outcome.place.confidence,
        rule=outcome.place.rule,
        because=_because(outcome.winner, evidence) if outcome.winner else (),
        runner_up=outcome.runner_up,
        entities=(*evidence.entities, *_added(outcome.applied)),
        priority=outcome.priority,
        tags=outcome.tags,
        is_incident=any(rule.then.incident for rule in outcome.applied),
        applied=tuple(rule.id for rule in outcome.applied),
        evaluations=_evaluate(evidence, outcome.looked_into),
        guesses=outcome.guesses,
        model=outcome.model,
        is_guess=outcome.is_guess,
        ruleset=ruleset.content_hash,
    )


def explain(facts: RoutingFacts, ruleset: Ruleset) -> tuple[Evaluation, ...]:
    """Every rule, also those whose words do not occur: for whoever asks why a rule did not hold."""
    return _evaluate(evidence_of(facts, ruleset), ruleset.rules)


def _evaluate(evidence: Evidence, rules: Sequence[Rule]) -> tuple[Evaluation, ...]:
    """Look into rules, condition by condition."""
    return tuple(
        Evaluation(rule=rule.id, held=rule.when.holds(evidence), conditions=tuple(rule.when.trace(evidence)))
        for rule in rules
    )


def evidence_of(facts: RoutingFacts, ruleset: Ruleset) -> Evidence:
    """What the conditions look at."""
    return Evidence(
        email=facts.email,
        known=facts.known,
        extraction=ruleset.extraction,
        business_hours=ruleset.business_hours,
    )


def _decide(evidence: Evidence, ruleset: Ruleset, classifier: Classifier | None) -> Outcome:
    outcome = _by_rules(evidence, ruleset, ruleset.index.candidates(evidence))
    if classifier is None or outcome.place.rule:
        return outcome
    guesses = classifier.guess(evidence.email)
    asked = outcome._replace(guesses=guesses, model=classifier.name)
    if not guesses or guesses[0].probability < classifier.threshold:
        return asked
    sure = {"queue": guesses[0].queue, "confidence": guesses[0].probability}
    return asked._replace(place=outcome.place.model_copy(update=sure), is_guess=True)


def _by_rules(evidence: Evidence, ruleset: Ruleset, candidates: Sequence[int]) -> Outcome:
    applied: list[Rule] = []
    winner: Rule | None = None
    next_choice: Candidate | None = None
    looked_into: list[Rule] = []
    for rule in (ruleset.rules[position] for position in candidates):
        if winner and not rule.candidate:
            continue  # it comes too late to add something
        looked_into.append(rule)
        if not rule.when.holds(evidence):
            continue
        if winner:
            next_choice = rule.candidate
            break
        applied.append(rule)
        winner = rule if rule.stop else None
    place, runner_up = _settle(winner.candidate if winner else None, next_choice, evidence, ruleset)
    return Outcome(place, runner_up, winner, tuple(applied), tuple(looked_into))


def _settle(
    chosen: Candidate | None, next_choice: Candidate | None, evidence: Evidence, ruleset: Ruleset
) -> tuple[Candidate, Candidate | None]:
    """Where the mail really goes, and the runner-up."""
    if chosen is None:
        queue = evidence.known.default_queue or ruleset.triage_queue
        return Candidate(queue=queue, intent=UNKNOWN_INTENT, confidence=NO_RULE_CONFIDENCE), None
    if chosen.confidence < ruleset.confidence_threshold:
        return chosen.model_copy(update={"queue": ruleset.triage_queue, "rule": None}), chosen
    return chosen, next_choice


def _because(winner: Rule, evidence: Evidence) -> tuple[Because, ...]:
    return tuple(
        Because(rule=winner.id, condition=finding.condition, field=finding.field, words=finding.words)
        for finding in winner.when.evaluate(evidence).findings
    )


def _added(rules: Sequence[Rule]) -> Iterator[Entity]:
    """What rules say that the mail is about; the first one to name a kind and value counts."""
    named = dict.fromkeys(pair for rule in rules for pair in rule.then.entities.items())
    yield from (Entity(kind=kind, value=value, field="rule", start=0, end=0) for kind, value in named)
