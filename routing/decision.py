"""The values that a routing decision is made of."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Priority(StrEnum):
    """How soon a ticket wants a person; stored strings, stable for ever."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


_INITIALS = {"id": "number", "po": "PO"}


class Entity(BaseModel):
    """A thing that the mail names, such as an order number, and where it stands."""

    model_config = ConfigDict(frozen=True)

    kind: str
    value: str
    """Normalised: `order # 123456` gives `123456`."""
    field: str
    """`subject`, `text` or `attachment`."""
    start: int
    end: int
    """Half-open span of characters in the field."""

    @property
    def label(self) -> str:
        """The kind as people say it: `Order number`, `PO number`."""
        words = " ".join(_INITIALS.get(word, word) for word in self.kind.split("_"))
        return words[:1].upper() + words[1:]


class Because(BaseModel):
    """One condition that held, with the words that made it hold."""

    model_config = ConfigDict(frozen=True)

    rule: str
    condition: str
    """The condition as its author wrote it: `subject matches refund|chargeback`."""
    field: str
    words: tuple[str, ...] = ()


class Candidate(BaseModel):
    """Where a mail would have gone."""

    model_config = ConfigDict(frozen=True)

    queue: str
    intent: str
    confidence: float = Field(ge=0, le=1)
    rule: str | None = None


class RoutingDecision(BaseModel):
    """Where a mail goes and why; the same facts and rules always give the same decision."""

    model_config = ConfigDict(frozen=True)

    queue: str
    intent: str
    confidence: float = Field(ge=0, le=1)
    """1 is certain. Under the desk's threshold the queue is the triage queue and `runner_up` says what the rules
    would have chosen."""
    rule: str | None = None
    """Id of the rule that decided; None when none did."""
    because: tuple[Because, ...] = ()
    runner_up: Candidate | None = None
    entities: tuple[Entity, ...] = ()
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    ruleset: str
    """Content hash of the rules that decided (hex SHA-256)."""
