"""What a model makes of a mail that no rule is sure about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from routing.email import InboundEmail

MOST_GUESSES = 3
MOST_TERMS = 5
NEVER = 1.01
"""A threshold that no probability reaches."""


class Term(BaseModel):
    """Words of the mail that speak for a queue."""

    model_config = ConfigDict(frozen=True)

    text: str
    weight: float
    """How much, beside the other terms of the same guess."""


class Guess(BaseModel):
    """A queue that a mail may belong to."""

    model_config = ConfigDict(frozen=True)

    queue: str
    probability: float = Field(ge=0, le=1)
    terms: tuple[Term, ...] = ()
    """Those that weighed most, heaviest first."""


def deciding(classifier: Classifier) -> str | None:
    """Its name, if its guesses can decide; None for one that only proposes."""
    return classifier.name if classifier.threshold <= 1 else None


class Classifier(Protocol):
    """Guesses by the words of a mail; the same mail always gets the same guesses."""

    @property
    def name(self) -> str:
        """Which model it is: `linear:3f2a91c07b1e`; another one for another content."""
        ...

    @property
    def threshold(self) -> float:
        """From this probability on the first guess decides; above 1 it never does."""
        ...

    def guess(self, email: InboundEmail) -> tuple[Guess, ...]:
        """At most three, the best first."""
        ...
