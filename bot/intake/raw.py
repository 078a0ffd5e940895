"""The `raw` provider: the request body is the message as SMTP carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.intake import mime

if TYPE_CHECKING:
    from datetime import datetime

    from routing.email import InboundEmail


class RawProvider:
    """See `Provider`. The time of arrival is ours: a Date header is only what the sender claims."""

    name: Final = "raw"
    content_types: Final = frozenset({"message/rfc822", "message/global", "application/octet-stream"})

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`."""
        return mime.parse(raw, received_at=received_at)

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        return mime.attachment_content(raw, position)
