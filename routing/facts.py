"""Conditions on one text of the mail, compared as it stands: `subject: {matches: refund}`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator  # noqa: TC003 - pydantic reads the annotations at run time
from typing import Annotated

from pydantic import BaseModel, Field

from routing.evidence import Evidence, Verdict, judge
from routing.patterns import Comparison
from routing.strict import Strict, known


class Fact(Strict, ABC):
    """A condition on a fact of the mail."""

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        """Yield each field in which the condition holds, with the words seen there."""

    def evaluate(self, evidence: Evidence) -> Verdict:
        """Say whether the condition holds."""
        return judge(self, self.hits(evidence))


class _Compared(Fact):
    """A condition that compares texts of the mail with one comparison, written under the name of the fact."""

    comparison: Comparison

    @abstractmethod
    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        """Yield (field, text) pairs; it is enough that one of them holds."""

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        for field, text in self.texts(evidence):
            if (words := self.comparison.words_in(text)) is not None:
                yield field, words

    def __str__(self) -> str:
        return f"{key_of(type(self)).replace('_', ' ')} {self.comparison}"


class Subject(_Compared):
    """The subject line."""

    comparison: Comparison = Field(alias="subject")

    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        yield "subject", evidence.email.subject


class Text(_Compared):
    """The readable body."""

    comparison: Comparison = Field(alias="text")

    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        yield "text", evidence.email.text


class SubjectOrText(_Compared):
    """What the customer wrote, wherever it stands."""

    comparison: Comparison = Field(alias="subject_or_text")

    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        yield "subject", evidence.email.subject
        yield "text", evidence.email.text


class Sender(_Compared):
    """The From address: `is` takes whole addresses and whole domains."""

    comparison: Comparison = Field(alias="sender")

    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        if sender := evidence.email.sender:
            yield "sender", sender.email
            yield "sender", sender.domain


class Recipient(_Compared):
    """Any address that the mail was sent to: To, Cc, and the envelope, which also knows aliases and Bcc."""

    comparison: Comparison = Field(alias="recipient")

    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        email = evidence.email
        for field, addresses in (("to", email.to), ("cc", email.cc)):
            yield from ((field, address.email) for address in addresses)
        yield from (("envelope", address.lower()) for address in email.envelope_to)


class TierComparison(Comparison):
    """As any comparison, of tiers that exist."""

    equals: tuple[Annotated[str, known("tier")], ...] | None = Field(default=None, alias="is", min_length=1)


class Tier(_Compared):
    """The customer's tier."""

    comparison: TierComparison = Field(alias="tier")

    def texts(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        yield "tier", evidence.tier


def key_of(condition: type[BaseModel]) -> str:
    """The one key of a condition's mapping, as its author writes it."""
    name, field = next(iter(condition.model_fields.items()))
    return field.alias or name
