"""The rules of a desk: conditions, what follows from them, and in which order they are asked."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from routing import conditions, strict
from routing.business_hours import BusinessHours
from routing.decision import Candidate, Priority
from routing.entities import Extraction, Extractor
from routing.rule_index import RuleIndex
from routing.rule_tests import RuleTest

QueueId = Annotated[str, strict.known("queue")]
"""Id of a queue that the desk has."""


class Outcome(BaseModel):
    """What follows when a rule's condition holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: QueueId | None = None
    """None for a rule that only adds tags, entities or a priority."""
    intent: str | None = None
    """What the customer wants, in a word; wanted where there is a queue."""
    confidence: float = Field(default=1.0, ge=0, le=1)
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    entities: dict[Annotated[str, Field(min_length=1)], Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """What the mail is about by this rule, kind to value; other rules do not see it."""
    incident: StrictBool = False
    """Whether such a mail is a sign of a larger trouble."""

    @model_validator(mode="after")
    def _queue_and_intent_go_together(self) -> Self:
        if (self.queue is None) != (self.intent is None):
            raise ValueError("queue and intent go together: give both, or neither and only tags or priority")
        return self


class Rule(BaseModel):
    """One rule. It is code: it has an owner and a purpose, and its place in the order is its precedence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    description: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    when: conditions.Condition
    then: Outcome
    stop: StrictBool = True
    """Whether the rules end here: true for a rule that names a queue, false for one that only adds."""
    tests: tuple[RuleTest, ...] = Field(default=(), exclude=True)
    """Examples; they decide nothing, so no dump and no content hash has them."""

    @model_validator(mode="after")
    def _stops_where_it_decides(self) -> Self:
        if self.then.queue is None and self.stop:
            raise ValueError("a rule without a queue decides nothing: give then.queue, or write stop: false")
        if self.then.queue is not None and not self.stop:
            raise ValueError("a rule with a queue decides: leave out stop: false, or leave out then.queue")
        return self

    @cached_property
    def candidate(self) -> Candidate | None:
        """Where a mail goes by this rule; None for a rule that only adds."""
        if self.then.queue is None or self.then.intent is None:
            return None
        return Candidate(
            queue=self.then.queue, intent=self.then.intent, confidence=self.then.confidence, rule=self.id
        )


class Ruleset(BaseModel):
    """Everything that, with the facts of a mail, makes its routing decision."""

    model_config = ConfigDict(frozen=True)

    rules: tuple[Rule, ...]
    triage_queue: str
    confidence_threshold: float
    """A decision less certain than this goes to the triage queue, for a person."""
    extractors: tuple[Extractor, ...]
    business_hours: BusinessHours = BusinessHours()

    @cached_property
    def index(self) -> RuleIndex:
        """The rules by what they look for."""
        return RuleIndex(self.rules)

    @cached_property
    def extraction(self) -> Extraction:
        """The extractors, ready to be used."""
        return Extraction(self.extractors)

    @cached_property
    def channels(self) -> frozenset[str]:
        """What the conditions look at, such as `language`: what nobody asks for need not be found out."""
        return frozenset().union(*(rule.when.reads() for rule in self.rules))

    @cached_property
    def canonical_json(self) -> str:
        """The same text for equal rules."""
        content = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def content_hash(self) -> str:
        """Hex SHA-256 over the canonical JSON: equal for equal rules, whoever loaded them and when."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()
