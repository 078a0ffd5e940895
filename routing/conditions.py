"""What a rule asks of a mail, as its author writes it in support.yaml.

A condition is a mapping with one key: a fact of the mail (`subject: {matches: refund}`) or a combination
(`any: [...]`, `all: [...]`, `not: {...}`). Everything compares without regard to case.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from routing import facts, structured_facts
from routing.evidence import NOT_HELD, Evidence, Finding, Verdict
from routing.strict import Strict


class AnyOf(Strict):
    """Holds if one of its conditions does. All are evaluated, so that the reasons are complete."""

    conditions: tuple[Condition, ...] = Field(alias="any", min_length=1)

    def evaluate(self, evidence: Evidence) -> Verdict:
        findings = [found for condition in self.conditions for found in condition.evaluate(evidence).findings]
        return Verdict(held=bool(findings), findings=tuple(findings))

    def __str__(self) -> str:
        return f"({' or '.join(map(str, self.conditions))})"


class AllOf(Strict):
    """Holds if each of its conditions does."""

    conditions: tuple[Condition, ...] = Field(alias="all", min_length=1)

    def evaluate(self, evidence: Evidence) -> Verdict:
        findings: list[Finding] = []
        for condition in self.conditions:
            verdict = condition.evaluate(evidence)
            if not verdict.held:
                return NOT_HELD
            findings += verdict.findings
        return Verdict(held=True, findings=tuple(findings))

    def __str__(self) -> str:
        return f"({' and '.join(map(str, self.conditions))})"


class Not(Strict):
    """Holds if its condition does not."""

    condition: Condition = Field(alias="not")

    def evaluate(self, evidence: Evidence) -> Verdict:
        if self.condition.evaluate(evidence).held:
            return NOT_HELD
        return Verdict(held=True, findings=(Finding(str(self), "mail", ()),))

    def __str__(self) -> str:
        return f"not {self.condition}"


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
    | Annotated[facts.Tier, Tag("<tier>")]
    | Annotated[structured_facts.Header, Tag("<header>")]
    | Annotated[structured_facts.EntityFound, Tag("<entity>")]
    | Annotated[structured_facts.AttachmentFound, Tag("<attachment>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[AllOf, Tag("<all>")]
    | Annotated[Not, Tag("<not>")]
)
_EXPECTED = (
    "a condition has exactly one key, of subject, text, subject_or_text, sender, recipient, tier, header, "
    "entity, attachment, any, all, not; combine several conditions by any or all"
)
Condition = Annotated[
    _Kind,
    Discriminator(_tag, custom_error_type="condition", custom_error_message=_EXPECTED),
]
"""Any condition. Its value can be evaluated, and printed as its author wrote it."""

for _model in (AnyOf, AllOf, Not):
    _model.model_rebuild()
