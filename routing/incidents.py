"""An incident: many tickets, one cause. When one opens, which tickets it gathers, and when its card may be edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.engine import UNKNOWN_INTENT

RATE_OVER = timedelta(minutes=5)
"""The rate is that of the last minutes, not that of the whole night."""

_NOTED_EVERY = timedelta(seconds=10)
_MINUTE = timedelta(minutes=1)


class IncidentState(StrEnum):
    """Stored strings, stable for ever."""

    OPEN = "open"
    RESOLVED = "resolved"


class Opening(StrEnum):
    """What opened an incident; stored strings, stable for ever."""

    RULE = "rule"
    """A rule says that such a mail is a sign of a larger trouble."""
    PRESSED = "pressed"
    """A person says so."""
    STORM = "storm"
    """Many tickets of one intent came within minutes."""


class Gathers(StrEnum):
    """Which new tickets of its intent an incident takes in; stored strings, stable for ever."""

    FLAGGED = "flagged"
    """Those that a rule takes for a sign of an incident."""
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """Many tickets, one cause."""

    id: int
    tenant: str
    intent: str
    title: str
    opening: Opening
    state: IncidentState
    gathers: Gathers | None
    """None once it takes in no more."""
    first_ticket_id: int
    opened_by: str
    opened_at: datetime
    last_joined_at: datetime
    digested_at: datetime
    """When the news of it were put together last."""
    commander_id: str | None = None
    """Slack user id of who took it."""
    taken_at: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    channel: str | None = None
    """Slack's channel id and message timestamp of the card, once it is posted."""
    ts: str | None = None
    room: str | None = None
    """Id of the Slack channel that was made for it."""

    @property
    def trace_id(self) -> str:
        """Under which its audit trail is kept."""
        return trace_id(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The tickets of an incident, in numbers."""

    tickets: int
    open: int
    recent: int
    """How many joined within `RATE_OVER`."""
    follow_ups: int
    """Later mails of tickets that have no card of their own."""
    tiers: dict[str, int]
    queues: dict[str, int]
    first_at: datetime
    """When the first of them came."""
    newest_ticket_id: int


def trace_id(incident_id: int) -> str:
    """The trace of what happens to an incident as a whole."""
    return f"incident-{incident_id}"


def belongs_nowhere(
    intent: str, *, queue: str, is_automatic: bool, without: frozenset[str], without_queues: frozenset[str]
) -> bool:
    """Whether a new ticket belongs to no incident, whatever else is so: robots report no outage."""
    return is_automatic or intent in without or queue in without_queues


def can_be_storm(intent: str) -> bool:
    """What no rule knows has no cause in common, however much of it comes."""
    return intent != UNKNOWN_INTENT


def takes(incident: Incident, *, is_flagged: bool) -> bool:
    """Whether a new ticket of its tenant and intent joins."""
    return incident.gathers is Gathers.ALL or (incident.gathers is Gathers.FLAGGED and is_flagged)


def is_quiet(incident: Incident, *, now: datetime, join_for: timedelta) -> bool:
    """Whether nothing has joined for so long that what comes now has another cause."""
    return now - incident.last_joined_at > join_for


def is_worth_noting(incident: Incident, *, now: datetime) -> bool:
    """Whether its last join is to be written: not with each of a thousand mails, which would wait for one another."""
    return now - incident.last_joined_at >= _NOTED_EVERY


def next_digest_at(incident: Incident, *, now: datetime, every: timedelta) -> datetime:
    """When its card may be edited and its thread told next."""
    return max(now, incident.digested_at + every)


def rate_per_minute(counts: Counts, *, now: datetime) -> float:
    """Tickets a minute over the last `RATE_OVER`, or since the first one came."""
    span = min(max(now - counts.first_at, _MINUTE), RATE_OVER)
    return counts.recent / (span / _MINUTE)
