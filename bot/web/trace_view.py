"""What the trace page shows, as values, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

    from routing.attachment import StoredAttachment
    from routing.decision import RoutingDecision
    from routing.email import InboundEmail
    from routing.requester import Lookup

MailState = Literal["done", "parked", "in_flight", "unparseable"]
OutgoingState = Literal["ready", "leased", "done", "dead", "discarded"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that was done. `actor` is a Slack user id, an address, or `deskbell`."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """One effect on the outside world, such as the card or the acknowledgement mail, and how far it is."""

    kind: str
    lane: str
    state: OutgoingState
    attempts: int
    due_at: datetime
    """When it was, or will be, tried next."""
    done_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """A file that is handed out."""

    filename: str
    """As the sender wrote it."""
    size: int
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """One mail and everything that was done with it."""

    trace_id: str
    tenant: str
    source: str
    provider: str
    received_at: datetime
    state: MailState
    content_type: str
    """The media type that the provider declared for `raw`."""
    raw: bytes
    """The request body, byte for byte."""
    parse_error: str | None = None
    email: InboundEmail | None = None
    """None for mail that could not be parsed."""
    files: Mapping[int, StoredAttachment] = field(default_factory=dict)
    """What is known of the files, by their position in `email.attachments`."""
    decision: RoutingDecision | None = None
    lookup: Lookup | None = None
    """What the directory said of the requester; None where it was not asked."""
    ticket_reference: str | None = None
    ticket_id: int | None = None
    timeline: tuple[Step, ...] = ()
    """Oldest first."""
    outgoing: tuple[Outgoing, ...] = ()


class TraceSource(Protocol):
    """Where traces are kept."""

    async def trace(self, trace_id: str) -> Trace | None:
        """The trace, or None if there is none by this id."""
        ...

    async def attachment(self, trace_id: str, position: int) -> Download | None:
        """A file of the mail by its position in `email.attachments`; None if nobody may have it, or it is not there."""
        ...
