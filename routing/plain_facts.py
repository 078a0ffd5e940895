"""Conditions on what is no text: yes or no, and how large."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from pydantic import Field, StrictBool

from routing.comparisons import SizeBounds  # noqa: TC001 - pydantic reads the annotations at run time
from routing.facts import Fact, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.evidence import Evidence


class _YesOrNo(Fact):
    """A condition on a yes or no, written as the answer that is wanted."""

    wanted: StrictBool

    @abstractmethod
    def answer(self, evidence: Evidence) -> bool:
        """What it is for this mail."""

    def holds(self, evidence: Evidence) -> bool:
        return self.answer(evidence) is self.wanted

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        if self.holds(evidence):
            yield "mail", []

    def seen(self, evidence: Evidence) -> str:
        return "yes" if self.answer(evidence) else "no"

    def __str__(self) -> str:
        return f"{'' if self.wanted else 'not '}{key_of(type(self)).replace('_', ' ')}"


class FollowUp(_YesOrNo):
    """Whether it answers an earlier ticket, too late to open that again."""

    wanted: StrictBool = Field(alias="follow_up")

    def answer(self, evidence: Evidence) -> bool:
        return evidence.known.is_follow_up


class InBusinessHours(_YesOrNo):
    """Whether somebody was at work when it came."""

    wanted: StrictBool = Field(alias="business_hours")

    def answer(self, evidence: Evidence) -> bool:
        return evidence.is_in_business_hours


class Size(Fact):
    """How large the mail is: its texts, and its attachments as they were declared."""

    bounds: SizeBounds = Field(alias="size")

    def holds(self, evidence: Evidence) -> bool:
        return self.bounds.hold(evidence.email.size)

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        if self.holds(evidence):
            yield "size", [self.seen(evidence)]

    def seen(self, evidence: Evidence) -> str:
        return f"{evidence.email.size / 1024:.0f} KB"

    def __str__(self) -> str:
        return f"size {self.bounds}"
