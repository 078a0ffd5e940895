"""What was known about a mail beside the mail itself when it was routed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from routing.authentication import Authentication
from routing.requester import Lookup

STANDARD_TIER = "standard"
"""Tier of every customer whom nothing names."""


class Circumstances(BaseModel):
    """Recorded with the decision: the same mail, circumstances and rules give the same decision for ever."""

    model_config = ConfigDict(frozen=True)

    tier: str = STANDARD_TIER
    default_queue: str | None = None
    """Queue of the mail's source for what no rule knows; None for the triage queue."""
    is_follow_up: bool = False
    """Whether it answers an earlier ticket, too late to open that again."""
    language: str | None = None
    """Code of ISO 639; None where nobody can tell."""
    authentication: Authentication | None = None
    """None in records of before it was kept; the mail's own fields are judged then."""
    detected_types: tuple[str | None, ...] = ()
    """Media type that each attachment really has, by position; shorter or None where its bytes were not looked at."""
    lookup: Lookup | None = None
    """What the directory said of the requester; None where there is no directory."""
