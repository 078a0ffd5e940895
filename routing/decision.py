"""The values that a routing decision is made of."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from routing.guesses import Guess


class Priority(StrEnum):
    """How soon a ticket wants a person; stored strings, stable for ever."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Its place among the priorities: higher is more urgent."""
        return _RANKS[self]


_RANKS = {priority: rank for rank, priority in enumerate(Priority)}


_INITIALS = {"id": "number", "po": "PO"}


class Entity(BaseModel):
    """A thing that the mail names, such as an order number, and where it stands."""

    model_config = ConfigDict(frozen=True)

    kind: str
    value: str
    """Normalised: `order # 123456` gives `123456`."""
    field: str
    """`subject`, `text` or `attachment`; `rule` for what a rule added, which stands nowhere."""
    start: int
    end: int
    """Half-open span of characters in the field."""
    detail: str | None = None
    """Which one of its kind: the courier of a tracking number."""

    @property
    def label(self) -> str:
        """The kind as people say it: `Order number`, `PO number`; the courier's name where there is one."""
        if self.detail:
            return self.detail
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


class Checked(BaseModel):
    """One condition of a rule that was looked into."""

    model_config = ConfigDict(frozen=True)

    condition: str
    """As its author wrote it: `subject matches "refund"`."""
    held: bool
    seen: str = ""
    """The value that was compared, cut to a line; empty where there was none."""
    depth: int = 0
    """How deep it stands in `all`, `any` and `not`; these are listed before their parts."""


class Evaluation(BaseModel):
    """One rule that was looked into, condition by condition."""

    model_config = ConfigDict(frozen=True)

    rule: str
    held: bool
    conditions: tuple[Checked, ...] = ()


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
    is_incident: bool = False
    """Whether a rule says that this is a sign of a larger trouble."""
    applied: tuple[str, ...] = ()
    """Ids of the rules that held and had an effect, in their order; the last one decided if `rule` is set."""
    evaluations: tuple[Evaluation, ...] = ()
    """Each rule that was looked into, in order, as far as the runner-up. A rule that is not here could not hold:
    its words do not occur in the mail."""
    guesses: tuple[Guess, ...] = ()
    """What the model made of it, best first; empty where a rule was sure and nobody asked."""
    model: str | None = None
    """Name of the model that was asked; None where none was."""
    is_guess: bool = False
    """Whether the first guess decided."""
    ruleset: str
    """Content hash of the rules that decided (hex SHA-256)."""
