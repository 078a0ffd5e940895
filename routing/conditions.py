"""What a rule asks of a mail, as its author writes it in support.yaml.

A condition is a mapping with one key: a fact of the mail (`subject: {matches: refund}`) or a combination
(`any: [...]`, `all: [...]`, `not: {...}`). Everything compares without regard to case.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator  # noqa: TC003 - pydantic reads the annotations at run time
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from routing import facts, plain_facts, structured_facts
from routing.decision import Checked
from routing.evidence import NOT_HELD, Evidence, Finding, Verdict
from routing.facts import Probe, key_of
from routing.strict import Strict


class _Combined(Strict, ABC):
    """A condition made of others."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Condition, ...]:
        """What it is made of."""

    @abstractmethod
    def holds(self, evidence: Evidence) -> bool:
        """Say whether it holds; the quick way, as far as needed."""

    def reads(self) -> frozenset[str]:
        """What its parts look at."""
        return frozenset().union(*(part.reads() for part in self.parts))

    def trace(self, evidence: Evidence, depth: int = 0) -> Iterator[Checked]:
        """What a reader wants to know who asks why: this, then each part."""
        word = f"{key_of(type(self))} of" if len(self.parts) > 1 else key_of(type(self))
        yield Checked(condition=word, held=self.holds(evidence), depth=depth)
        for part in self.parts:
            yield from part.trace(evidence, depth + 1)


class AnyOf(_Combined):
    """Holds if one of its conditions does."""

    conditions: tuple[Condition, ...] = Field(alias="any", min_length=1)

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.conditions

    def holds(self, evidence: Evidence) -> bool:
        return any(condition.holds(evidence) for condition in self.conditions)

    def evaluate(self, evidence: Evidence) -> Verdict:
        """All are evaluated, so that the reasons are complete."""
        findings = [found for condition in self.conditions for found in condition.evaluate(evidence).findings]
        return Verdict(held=bool(findings), findings=tuple(findings))

    def probes(self) -> tuple[Probe, ...] | None:
        """Those of every part: any may be the one that holds."""
        needed = [condition.probes() for condition in self.conditions]
        return None if None in needed else tuple(probe for probes in needed for probe in probes or ())

    def __str__(self) -> str:
        return f"({' or '.join(map(str, self.conditions))})"


class AllOf(_Combined):
    """Holds if each of its conditions does."""

    conditions: tuple[Condition, ...] = Field(alias="all", min_length=1)

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.conditions

    def holds(self, evidence: Evidence) -> bool:
        return all(condition.holds(evidence) for condition in self.conditions)

    def evaluate(self, evidence: Evidence) -> Verdict:
        findings: list[Finding] = []
        for condition in self.conditions:
            verdict = condition.evaluate(evidence)
            if not verdict.held:
                return NOT_HELD
            findings += verdict.findings
        return Verdict(held=True, findings=tuple(findings))

    def probes(self) -> tuple[Probe, ...] | None:
        """Those of one part are enough; words are rarer than tiers and languages."""
        needed = [probes for condition in self.conditions if (probes := condition.probes()) is not None]
        return min(needed, key=lambda probes: any(channel in _COMMON for channel, _ in probes), default=None)

    def __str__(self) -> str:
        return f"({' and '.join(map(str, self.conditions))})"


class Not(_Combined):
    """Holds if its condition does not."""

    condition: Condition = Field(alias="not")

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.condition,)

    def holds(self, evidence: Evidence) -> bool:
        return not self.condition.holds(evidence)

    def evaluate(self, evidence: Evidence) -> Verdict:
        if self.condition.holds(evidence):
            return NOT_HELD
        return Verdict(held=True, findings=(Finding(str(self), "mail", ()),))

    def probes(self) -> None:
        """It holds by what is not there."""

    def __str__(self) -> str:
        return f"not {self.condition}"


_COMMON = {"tier", "language", "authentication", "recipient"}
"""Texts that many mails have in common."""


def _tag(value: object) -> str | None:
    """Name a condition by its one key. Angle brackets keep the tag apart from keys in an error's path."""
    if isinstance(value, dict):
        return f"<{next(iter(value))}>" if len(value) == 1 else None
    return f"<{facts.key_of(type(value))}>" if isinstance(value, Strict) else None


_Kind = (
    Annotated[facts.Subject, Tag("<subject>")]
    | Annotated[facts.Text, Tag("<text>")]
    | Annotated[facts.SubjectOrText, Tag("<subject_or_text>")]
    | Annotated[facts.Sender, Tag("<sender>")]
    | Annotated[facts.Recipient, Tag("<recipient>")]
    | Annotated[facts.Language, Tag("<language>")]
    | Annotated[facts.AuthenticationResult, Tag("<authentication>")]
    | Annotated[facts.Tier, Tag("<tier>")]
    | Annotated[structured_facts.RequesterIs, Tag("<requester>")]
    | Annotated[structured_facts.Header, Tag("<header>")]
    | Annotated[structured_facts.EntityFound, Tag("<entity>")]
    | Annotated[structured_facts.AttachmentFound, Tag("<attachment>")]
    | Annotated[plain_facts.FollowUp, Tag("<follow_up>")]
    | Annotated[plain_facts.InBusinessHours, Tag("<business_hours>")]
    | Annotated[plain_facts.Size, Tag("<size>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[AllOf, Tag("<all>")]
    | Annotated[Not, Tag("<not>")]
)
_EXPECTED = (
    "a condition has exactly one key, of subject, text, subject_or_text, sender, recipient, language, authentication, "
    "tier, requester, header, entity, attachment, follow_up, business_hours, size, any, all, not; combine several "
    "conditions by any or all"
)
Condition = Annotated[
    _Kind,
    Discriminator(_tag, custom_error_type="condition", custom_error_message=_EXPECTED),
]
"""Any condition. Its value can be evaluated, and printed as its author wrote it."""

for _model in (AnyOf, AllOf, Not):
    _model.model_rebuild()
