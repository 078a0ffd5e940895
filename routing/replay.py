"""Replay: what was decided about stored mails beside what other rules decide, as a report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter

if TYPE_CHECKING:
    from routing import engine


class RecordedMail(NamedTuple):
    """A mail as it was decided, still as stored: whoever replays it decodes the JSON, on whichever core that is."""

    id: int
    received_at: datetime
    trace_id: str
    normalised: str
    decision: str
    circumstances: str | None
    """None for mails of before they were kept; all that is known then is the tier."""
    tier: str
    final_queue: str | None
    """Where agents have worked on its ticket; None while no person has confirmed a queue."""


@dataclass(slots=True)
class Verdict:
    """As much of a decision as a report compares. Not frozen, as two are made for each mail: that doubles the price."""

    queue: str
    intent: str
    confidence: float
    rule: str | None = None
    priority: str = "normal"
    tags: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcome: engine.Outcome) -> Verdict:
        """The same of what the rules say now."""
        place = outcome.place
        return cls(
            queue=place.queue,
            intent=place.intent,
            confidence=place.confidence,
            rule=place.rule,
            priority=outcome.priority,
            tags=outcome.tags,
            applied=tuple([rule.id for rule in outcome.applied]),
        )

    @classmethod
    def read(cls, decision: str) -> Verdict:
        """The same of a stored decision.

        Raises:
            ValidationError: it is none.
        """
        return _STORED.validate_json(decision)

    @property
    def hits(self) -> tuple[str, ...]:
        """The rules that had an effect; of old records only the one that decided is known."""
        return self.applied or ((self.rule,) if self.rule else ())


_STORED = TypeAdapter(Verdict)


class Outcome(NamedTuple):
    """One replayed mail."""

    trace_id: str
    received_at: datetime
    subject: str
    then: Verdict
    now: Verdict
    final_queue: str | None = None
    """See `RecordedMail`."""


class Kind(StrEnum):
    """What a replay changes about a mail. A mail that moved may be newly matched or newly unmatched as well."""

    MOVED = "moved"
    """Another queue."""
    NEWLY_MATCHED = "newly_matched"
    """No rule decided then, one does now."""
    NEWLY_UNMATCHED = "newly_unmatched"
    """A rule decided then, none does now."""
    CONFIDENCE = "confidence"
    """The same queue, with another confidence."""
    DETAILS = "details"
    """The same queue and confidence, but another rule, intent, priority or other tags."""


class Move(BaseModel):
    """One cell of the matrix: how many mails go from one queue to another."""

    model_config = ConfigDict(frozen=True)

    from_queue: str
    to_queue: str
    count: int


class RuleHits(BaseModel):
    """For how many mails a rule had an effect."""

    model_config = ConfigDict(frozen=True)

    rule: str
    before: int
    after: int


class Agreement(BaseModel):
    """How often the rules chose the queue in which agents then worked on the ticket."""

    model_config = ConfigDict(frozen=True)

    confirmed: int = 0
    """Mails whose queue a person has confirmed; the others say nothing about right and wrong."""
    before: int = 0
    after: int = 0
    gained: int = 0
    """Wrong then, right now."""
    lost: int = 0
    """Right then, wrong now."""


class Example(BaseModel):
    """One mail that would change."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    trace_id: str
    received_at: datetime
    subject: str
    """Cut to a line."""
    from_queue: str
    to_queue: str
    rule_then: str | None
    rule_now: str | None
    confidence_then: float
    confidence_now: float
    final_queue: str | None = None


class Report(BaseModel):
    """What a replay found. `total` is `unchanged + moved + confidence + details`.

    The same mails and rules give the same report, however the work was divided and in whichever order it ended.
    """

    model_config = ConfigDict(frozen=True)

    total: int = 0
    unchanged: int = 0
    moved: int = 0
    confidence: int = 0
    details: int = 0
    newly_matched: int = 0
    newly_unmatched: int = 0
    unreadable: int = 0
    """Records that this version cannot read; they are not in `total`."""
    moves: tuple[Move, ...] = ()
    rules: tuple[RuleHits, ...] = ()
    agreement: Agreement = Agreement()
    examples: tuple[Example, ...] = ()
    """The newest of each kind."""

    def to_json(self) -> str:
        """Canonical: equal reports give equal bytes."""
        content = self.model_dump(mode="json")
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
