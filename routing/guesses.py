"""What a classifier thinks where no rule knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from routing.email import InboundEmail


class Term(BaseModel):
    """A word or a few, and how much it spoke for the queue (for: above 0)."""

    model_config = ConfigDict(frozen=True)

    text: str
    weight: float


class Guess(BaseModel):
    """One queue that a mail may belong to."""

    model_config = ConfigDict(frozen=True)

    queue: str
    probability: float = Field(ge=0, le=1)
    """Calibrated: of the mails with 0.8, eight of ten belong there."""
    terms: tuple[Term, ...] = ()
    """The terms that weighed most, heaviest first; a handful."""


class Classifier(Protocol):
    """Reads a mail and names the likeliest queues. Pure: the same mail and model give the same guesses."""

    @property
    def name(self) -> str:
        """Which model it is, for decisions: `linear:3f2a91c07b1e`, or `prior:...`; changes with its content."""
        ...

    @property
    def threshold(self) -> float:
        """The first guess decides from this probability on; above 1 it never does."""
        ...

    def guess(self, email: InboundEmail) -> tuple[Guess, ...]:
        """The likeliest queues, best first; at most three, none if the mail says nothing."""
        ...
