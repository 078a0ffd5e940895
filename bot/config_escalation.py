"""Which escalation policy a queue follows, by the priority of the ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import model_validator

from routing.strict import Strict, known

if TYPE_CHECKING:
    from routing.decision import Priority

PolicyName = Annotated[str, known("escalation policy")]


class PolicyNames(Strict):
    """By priority; a single name, for all of them."""

    default: PolicyName | None = None
    """For the priorities that are not named; without it they follow the standard policy."""
    low: PolicyName | None = None
    normal: PolicyName | None = None
    high: PolicyName | None = None
    urgent: PolicyName | None = None

    @model_validator(mode="before")
    @classmethod
    def _single(cls, value: Any) -> Any:
        return {"default": value} if isinstance(value, str) else value

    def of(self, priority: Priority) -> str | None:
        """The name of the policy for tickets of a priority."""
        name: str | None = getattr(self, priority) or self.default
        return name
