"""A file of a mail once it is looked after: where its bytes are, what it really is, and whether it may be opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class AttachmentState(StrEnum):
    """How far a file is; stored strings, stable for ever."""

    PENDING = "pending"
    """Not stored or not scanned yet."""
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"
    """The scanner cannot vouch for it: encrypted, too large, or a bomb."""
    UNSCANNED = "unscanned"
    """No scanner is configured."""
    REJECTED = "rejected"
    """Not kept: too large, one too many, of a type that nobody wants, or not to be had."""


_WORDS = {
    AttachmentState.PENDING: "is being checked",
    AttachmentState.CLEAN: "no virus found",
    AttachmentState.INFECTED: "infected",
    AttachmentState.UNSCANNABLE: "could not be scanned",
    AttachmentState.UNSCANNED: "not scanned for viruses",
    AttachmentState.REJECTED: "not kept",
}

ALARMING = (AttachmentState.INFECTED, AttachmentState.UNSCANNABLE, AttachmentState.REJECTED)
"""The states in which nobody gets the file, for good."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAttachment:
    """One file of one mail."""

    trace_id: str
    position: int
    """Where it stands in `InboundEmail.attachments`."""
    filename: str
    """For display only."""
    declared_type: str
    size: int
    """Bytes; as the sender declared them until it is stored."""
    state: AttachmentState = AttachmentState.PENDING
    reason: str | None = None
    """Why it is in this state, as a clause: `its type is application/x-msdownload`."""
    detected_type: str | None = None
    sha256: str | None = None
    """Its key in the blob store; None until it is stored."""
    scanned_at: datetime | None = None

    @property
    def is_downloadable(self) -> bool:
        return self.state in {AttachmentState.CLEAN, AttachmentState.UNSCANNED}

    @property
    def verdict(self) -> str:
        """The state in words: `infected: Win.Test.EICAR_HDB-1`."""
        words = _WORDS[self.state]
        return f"{words}: {self.reason}" if self.reason else words
