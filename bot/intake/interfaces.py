"""What a provider of mail has to offer, and how it says that a body cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from routing.email import InboundEmail

NOTES: Final = "_notes"
"""Key of `InboundEmail.extra`: a list of sentences on what could not be read, or was dropped past a limit."""


class UnparseableError(Exception):
    """The body cannot be read as a mail; the message is a sentence for the person who handles it by hand."""


class Provider(Protocol):
    """One way in which mail arrives. A provider keeps no state and does no I/O."""

    @property
    def name(self) -> str:
        """As sources in the configuration name it."""

    @property
    def content_types(self) -> frozenset[str]:
        """The media types that it accepts, in lower case and without parameters."""

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """The mail in this body.

        Args:
            raw: The request body as it came.
            received_at: Now; used where the body does not tell a believable time.

        Raises:
            UnparseableError: There is no mail in it. Nothing else is ever raised.
        """

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """The bytes of `InboundEmail.attachments[position]`; None where the body does not carry them."""
