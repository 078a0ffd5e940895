"""What a provider of mail has to offer, and how it says that a body cannot be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from routing.email import InboundEmail

NOTES: Final = "_notes"
"""Key of `InboundEmail.extra`: a list of sentences on what could not be read, or was dropped past a limit."""


class UnparseableError(Exception):
    """The body cannot be read as a mail; the message is a sentence for the person who handles it by hand."""


class IgnoredEventError(UnparseableError):
    """The body tells of something else than a mail that came in: there is nothing to handle."""


class VendorUnavailableError(Exception):
    """The vendor could not be asked now; the delivery should come again."""


class Provider(Protocol):
    """One way in which mail arrives. A provider does no I/O."""

    @property
    def name(self) -> str:
        """As sources in the configuration name it."""

    @property
    def content_types(self) -> frozenset[str]:
        """The media types that it accepts, in lower case and without parameters."""

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """Who sent this? By the vendor's own scheme; what each secret means stands in the README.

        Args:
            raw: The request body as it came.
            headers: A case-insensitive mapping.
            secrets: All that are active; any may be the one.
            now: The time of arrival.

        Returns:
            The id of the delivery, if the scheme vouches for one: the same when it is sent again.

        Raises:
            SignatureInvalidError: For every fault, so that the sender learns nothing from the difference.
            ValueError: A secret is not what this scheme needs.
        """

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """The mail in this body.

        Args:
            raw: The request body as it came.
            received_at: Now; used where the body does not tell a believable time.

        Raises:
            IgnoredEventError: It tells of something else than a mail.
            UnparseableError: There is no mail in it. Nothing else is ever raised.
        """

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """The bytes of `InboundEmail.attachments[position]`; None where the body does not carry them."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A delivery that is who it says it is."""

    delivery_id: str | None
    raw: bytes
    """What is stored and parsed."""
    content_type: str | None = None
    """Of `raw`, where that is not the request body."""


class Vendor(Protocol):
    """The other side of a webhook, for what it does not carry."""

    async def get(self, url: str, *, bearer: str | None = None) -> bytes:
        """The body of an answer 2xx to GET; redirects are not followed.

        Raises:
            VendorUnavailableError: there is none, or it is too large.
        """

    async def close(self) -> None:
        """Close what it has opened."""


class OnlineProvider(ABC):
    """A provider whose webhooks do not carry everything: for the rest it asks its vendor, and nobody else."""

    @abstractmethod
    async def admit(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[str],
        *,
        now: datetime,
        vendor: Vendor,
    ) -> Admitted:
        """In the place of `Provider.authenticate`, with what must be fetched before or after it.

        Raises:
            SignatureInvalidError: As `Provider.authenticate`.
            IgnoredEventError: It tells of something else than a mail.
            VendorUnavailableError: The vendor cannot be asked now.
        """
