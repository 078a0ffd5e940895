"""The contract of the first write: a mail is remembered before the provider hears that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

BATCH_LIMIT = 64
"""How many waiting mails share one commit at the most."""

QUEUE_LIMIT = 4096
"""How many may wait; beyond it the storage counts as unavailable, before memory grows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedEmail:
    """One authenticated delivery, parsed or not."""

    trace_id: str
    tenant: str
    source: str
    provider: str
    dedup_key: str
    """The same for each retry of the same delivery, unique per tenant and source."""
    content_type: str
    raw: bytes
    normalised: str | None
    """The InboundEmail as JSON; None when the body could not be parsed."""
    parse_error: str | None
    message_id: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored: for a duplicate, the trace id of the first delivery."""

    trace_id: str
    is_duplicate: bool


class EmailWriter(Protocol):
    """Writes the e-mail row and its `triage` entry; concurrent callers share one commit (group commit)."""

    async def start(self) -> None:
        """Open what the writer owns."""

    async def remember(self, email: ReceivedEmail) -> Receipt:
        """Return after COMMIT.

        Raises:
            StorageUnavailableError: nothing was stored; the provider should try again.
        """

    async def close(self) -> None:
        """Finish what waits, then close."""
