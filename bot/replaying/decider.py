"""Decides recorded mails anew. It knows no database and no event loop."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot import language
from routing import engine, guesses
from routing.circumstances import Circumstances
from routing.email import InboundEmail
from routing.replay import Outcome, Verdict
from routing.replay_tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.guesses import Classifier
    from routing.replay import RecordedMail, Report
    from routing.rules import Ruleset


class Decider:
    """Compares what was decided with what a rule set decides."""

    def __init__(self, ruleset: Ruleset, classifier: Classifier | None = None) -> None:
        self._ruleset = ruleset
        # Who never decides need not be asked: a replay shows decisions, not guesses.
        self._classifier = classifier if classifier and guesses.deciding(classifier) else None

    def report(self, mails: Sequence[RecordedMail]) -> Report:
        """What changes about these mails."""
        tally = Tally()
        for mail in mails:
            try:
                outcome = self._outcome(mail)
            except ValidationError:
                tally.add_unreadable()
            else:
                tally.add(outcome)
        return tally.report()

    def queue(self, mail: RecordedMail) -> str | None:
        """Where these rules send a mail; None for a record that cannot be read."""
        try:
            email = InboundEmail.model_validate_json(mail.normalised)
            return self._decide(email, _circumstances(mail.circumstances, mail.tier)).queue
        except ValidationError:
            return None

    def _outcome(self, mail: RecordedMail) -> Outcome:
        email = InboundEmail.model_validate_json(mail.normalised)
        return Outcome(
            trace_id=mail.trace_id,
            received_at=mail.received_at,
            subject=email.subject,
            then=Verdict.read(mail.decision),
            now=self._decide(email, _circumstances(mail.circumstances, mail.tier)),
            final_queue=mail.final_queue,
        )

    def _decide(self, email: InboundEmail, known: Circumstances) -> Verdict:
        """The one place where a replay decides."""
        return Verdict.of(engine.decide(facts(email, known, self._ruleset), self._ruleset, self._classifier))


@lru_cache(maxsize=1024)
def _circumstances(recorded: str | None, tier: str) -> Circumstances:
    """Read once, because most mails came under one of a few."""
    return Circumstances(tier=tier) if recorded is None else Circumstances.model_validate_json(recorded)


def facts(email: InboundEmail, known: Circumstances, ruleset: Ruleset) -> engine.RoutingFacts:
    """What other rules than those of then may ask, too: a language that nobody asked for was not found out."""
    if known.language is None and "language" in ruleset.channels:
        known = known.model_copy(update={"language": language.detect(email.text)})
    return engine.RoutingFacts(email=email, known=known)
