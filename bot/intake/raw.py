"""The `raw` provider: the request body is the message as SMTP carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.intake import mime, signature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from routing.email import InboundEmail


class RawProvider:
    """See `Provider`. The time of arrival is ours: a Date header is only what the sender claims."""

    name: Final = "raw"
    content_types: Final = frozenset({"message/rfc822", "message/global", "application/octet-stream"})

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`."""
        return signature.verify(raw, headers, secrets, now=now)

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`."""
        return mime.parse(raw, received_at=received_at)

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        return mime.attachment_content(raw, position)
