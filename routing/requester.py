"""What is known of the person who writes, from the team's own records: a CRM, a database, a list."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict

Attribute = str | int | float | bool
"""A value that a rule can compare."""


class Requester(BaseModel):
    """One person or company as a directory knows it; None where it does not say."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    company: str | None = None
    tier: str | None = None
    """One of the desk's tiers; it goes before the patterns of support.yaml."""
    segment: str | None = None
    sla: timedelta | None = None
    """Time to the first response that was promised to them, instead of their queue's."""
    attributes: dict[str, Attribute] = {}
    """Whatever else the records say, by name: `{"plan": "pro", "seats": 40}`."""


class Lookup(BaseModel):
    """How it went to look somebody up; recorded with the mail, so that a replay needs no directory."""

    model_config = ConfigDict(frozen=True)

    requester: Requester | None = None
    """None for a stranger, or where the directory did not answer."""
    failure: str | None = None
    """Why nothing is known: `the directory did not answer within 1 s`."""
