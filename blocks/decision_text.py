"""A routing decision in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text

if TYPE_CHECKING:
    from routing.decision import Because, Entity, RoutingDecision

_CONDITIONS = 3
_WORDS = 4
_ENTITIES = 6


def intent(decision: RoutingDecision) -> str:
    """What the mail wants and how sure that is; under the threshold, where it would have gone."""
    if decision.is_guess:
        return f"{text.line(decision.intent, limit=60)}; queue guessed, {text.percent(decision.confidence)}"
    # A sure decision has a rule, and maybe a runner-up that was merely later in the order.
    if decision.rule or decision.runner_up is None:
        return f"{text.line(decision.intent, limit=60)}, {text.percent(decision.confidence)}"
    queue = text.line(decision.runner_up.queue, limit=60)
    return f"unclear; would have been {queue}, {text.percent(decision.runner_up.confidence)}"


def why(decision: RoutingDecision) -> str:
    """The conditions that held, with the customer's words that made them hold; then what the model says."""
    if not decision.because:
        return f"No rule matched{_model(decision)}."
    # Two conditions may hold by the same words.
    reasons = list(dict.fromkeys(_reason(because) for because in decision.because))
    return f"{'; '.join(text.capped(reasons, limit=_CONDITIONS))}{_model(decision)}."


def _model(decision: RoutingDecision) -> str:
    """Its words for the best guess, or that it was not sure either."""
    if not decision.guesses:
        return ""
    if not decision.is_guess:
        return "; model unsure"
    words = ", ".join(f"“{text.inline(term.text, limit=40)}”" for term in decision.guesses[0].terms[:_WORDS])
    return f"; model: {words}" if words else "; the model guesses"


def entities(decision: RoutingDecision) -> str:
    """Chips such as `Order 123456`, each thing once."""
    chips = list(dict.fromkeys(_chip(entity) for entity in decision.entities))
    return " ".join(text.capped(chips, limit=_ENTITIES))


def _reason(because: Because) -> str:
    rule = text.code(because.rule, limit=60)
    if not because.words:
        return f"{rule}: {text.line(because.condition, limit=120)}"
    words = ", ".join(f"“{text.inline(word, limit=40)}”" for word in because.words[:_WORDS])
    more = ", …" if len(because.words) > _WORDS else ""
    return f"{rule}: {words}{more} in the {text.line(because.field, limit=40)}"


def _chip(entity: Entity) -> str:
    return text.code(f"{entity.label} {entity.value}", limit=50)
