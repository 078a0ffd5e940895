"""Conditions on one text of the mail, compared as it stands: `subject: {matches: refund}`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator  # noqa: TC003 - pydantic reads the annotations at run time
from typing import Annotated, ClassVar

from pydantic import BaseModel, Field

from routing.comparisons import Comparison
from routing.decision import Checked
from routing.evidence import Evidence, Verdict, judge, one_line
from routing.strict import Strict, known

Probe = tuple[str, Comparison]
"""A comparison and the texts that it is asked of, by their channel."""


class Fact(Strict, ABC):
    """A condition on a fact of the mail."""

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        """Yield each field in which the condition holds, with the words seen there."""

    @abstractmethod
    def holds(self, evidence: Evidence) -> bool:
        """Say whether the condition holds; the quick way."""

    @abstractmethod
    def seen(self, evidence: Evidence) -> str:
        """The value that is compared, for people."""

    def probes(self) -> tuple[Probe, ...] | None:
        """Comparisons of which one must hold if this holds; None if nothing of the sort is known."""
        return None

    def reads(self) -> frozenset[str]:
        """The channels of texts that it looks at."""
        return frozenset()

    def evaluate(self, evidence: Evidence) -> Verdict:
        """Say whether the condition holds, and by which words."""
        return judge(self, self.hits(evidence))

    def trace(self, evidence: Evidence, depth: int = 0) -> Iterator[Checked]:
        """What a reader wants to know who asks why."""
        yield Checked(
            condition=str(self), held=self.holds(evidence), seen=one_line(self.seen(evidence)), depth=depth
        )


class Compared(Fact):
    """A condition that compares texts of the mail with one comparison, written under the name of the fact."""

    comparison: Comparison
    channels: ClassVar[tuple[str, ...]]

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        for channel in self.channels:
            for field, text in evidence.texts(channel):
                if (words := self.comparison.words_in(text)) is not None:
                    yield field, words

    def holds(self, evidence: Evidence) -> bool:
        return any(
            self.comparison.holds_in(text) for channel in self.channels for _, text in evidence.texts(channel)
        )

    def seen(self, evidence: Evidence) -> str:
        return ", ".join(
            one_line(text.text) for channel in self.channels for _, text in evidence.texts(channel)
        )

    def probes(self) -> tuple[Probe, ...] | None:
        return tuple((channel, self.comparison) for channel in self.channels)

    def reads(self) -> frozenset[str]:
        return frozenset(self.channels)

    def __str__(self) -> str:
        return f"{key_of(type(self)).replace('_', ' ')} {self.comparison}"


class Subject(Compared):
    """The subject line."""

    comparison: Comparison = Field(alias="subject")
    channels = ("subject",)


class Text(Compared):
    """The readable body."""

    comparison: Comparison = Field(alias="text")
    channels = ("text",)


class SubjectOrText(Compared):
    """What the customer wrote, wherever it stands."""

    comparison: Comparison = Field(alias="subject_or_text")
    channels = ("subject", "text")


class Sender(Compared):
    """The From address: `is` and `in` take whole addresses and whole domains."""

    comparison: Comparison = Field(alias="sender")
    channels = ("sender",)


class Recipient(Compared):
    """Any address that the mail was sent to: To, Cc, and the envelope, which also knows aliases and Bcc."""

    comparison: Comparison = Field(alias="recipient")
    channels = ("recipient",)


class Language(Compared):
    """The language of the mail by its code of ISO 639, such as `de`; unknown is no language."""

    comparison: Comparison = Field(alias="language")
    channels = ("language",)


class AuthenticationComparison(Comparison):
    """As any comparison, of the three results there are."""

    equals: tuple[Annotated[str, known("authentication result")], ...] | None = Field(
        default=None, alias="is", min_length=1
    )


class AuthenticationResult(Compared):
    """Whether the sender is who it says: `pass`, `fail` or `none`, as DMARC counts SPF and DKIM."""

    comparison: AuthenticationComparison = Field(alias="authentication")
    channels = ("authentication",)


class TierComparison(Comparison):
    """As any comparison, of tiers that exist."""

    equals: tuple[Annotated[str, known("tier")], ...] | None = Field(default=None, alias="is", min_length=1)


class Tier(Compared):
    """The customer's tier."""

    comparison: TierComparison = Field(alias="tier")
    channels = ("tier",)


def key_of(condition: type[BaseModel]) -> str:
    """The one key of a condition's mapping, as its author writes it."""
    name, field = next(iter(condition.model_fields.items()))
    return field.alias or name
