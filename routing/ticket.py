"""The ticket and what hangs on it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - kept importable for readers of the annotations
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.decision import Priority
    from routing.email import Address


DESKBELL = "deskbell"
"""The actor of what no person did."""


class TicketState(StrEnum):
    """Claimed is not a state: a ticket is claimed while it has an assignee."""

    OPEN = "open"
    RESOLVED = "resolved"


class Relation(StrEnum):
    """How a ticket is tied to another one; stored strings, stable for ever."""

    SUGGESTED = "suggested"
    """It looks like the other one goes on here; a person may join them."""
    FOLLOWS = "follows"
    """It was written as an answer to the other one, too late to open that again."""
    MERGED = "merged"
    """It has become part of the other one, where its mail goes from now on."""


class MessageKind(StrEnum):
    """Which way a message of a ticket went."""

    INBOUND = "inbound"
    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    INCIDENT_UPDATE = "incident_update"
    """What a lead wrote to all requesters of an incident."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One request of one requester, from the first mail to its resolution."""

    id: int
    """Also its human number: 1042 is shown as `DB-1042`."""
    tenant: str
    trace_id: str
    """Trace of the mail that opened it."""
    queue: str
    subject: str
    requester: Address
    tier: str
    state: TicketState
    priority: Priority
    created_at: datetime
    response_due_at: datetime | None
    """Deadline of the first response by the queue's SLA; None where the queue promises nothing."""
    assignee_id: str | None = None
    """Slack user id of the agent who claimed it or was given it."""
    claimed_at: datetime | None = None
    first_responded_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    related_id: int | None = None
    relation: Relation | None = None
    """Another ticket that this one is tied to."""
    undelivered: str | None = None
    """Where the newest mail to the customer did not arrive, and why, until they write or are written to again."""
    card_channel: str | None = None
    """Slack's channel id and message timestamp of the card, once it is posted."""
    card_ts: str | None = None

    @property
    def merged_into(self) -> int | None:
        """The ticket that this one has become part of."""
        return self.related_id if self.relation is Relation.MERGED else None

    def reference(self, prefix: str) -> str:
        """How people name it: `DB-1042`."""
        return f"{prefix}-{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One mail inside a ticket."""

    id: int
    ticket_id: int
    kind: MessageKind
    message_id: str | None
    author: str
    """An e-mail address for inbound mail, a Slack user id for a reply, `deskbell` for an acknowledgement."""
    body: str
    created_at: datetime
    trace_id: str | None = None
    """Trace of the mail, for inbound messages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One thing that was done, by whom and when. `actor` is a Slack user id, an address, or `deskbell`."""

    trace_id: str
    ticket_id: int | None
    at: datetime
    actor: str
    action: str
    detail: dict[str, str]
