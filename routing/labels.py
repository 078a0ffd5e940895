"""What people say of a routing decision by moving its ticket."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class LabelKind(StrEnum):
    """How it was said; stored strings, stable for ever. They are also the names of the audit entries."""

    REASSIGNED = "reassigned"
    """The ticket went to another queue, for whatever reason."""
    MISROUTED = "misrouted"
    """Somebody said that it never belonged where it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutingLabel:
    """One ticket that was moved, and the rule that had sent it."""

    trace_id: str
    """Of the mail that opened the ticket."""
    ticket_id: int
    at: datetime
    actor: str
    kind: LabelKind
    from_queue: str
    to_queue: str | None
    """None where nobody knew."""
    rule: str | None
    """None where no rule had decided."""
    ruleset: str
    """Content hash of the rules that decided."""
