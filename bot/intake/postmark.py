"""The `postmark` provider: the inbound webhook of Postmark.

https://postmarkapp.com/developer/webhooks/inbound-webhook
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.intake import headers as header_values
from bot.intake import login, loose, mailparse, mime, payload
from bot.intake.interfaces import IgnoredEventError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from routing.email import InboundEmail

# Postmark's names, and those of `mailparse`. Where two become one, the later one wins.
_FIELDS: Final = {
    "From": "from",
    "FromFull": "from",
    "To": "to",
    "ToFull": "to",
    "Cc": "cc",
    "CcFull": "cc",
    "ReplyTo": "replyTo",
    "Subject": "subject",
    "TextBody": "text",
    "HtmlBody": "html",
    "Headers": "headers",
    "Attachments": "attachments",
    "MessageID": "id",  # Postmark's own; the sender's is among the headers
}
_FIELDS_OF_MAIL: Final = {*_FIELDS.values(), "RawEmail"} - {"id"}
_OF_PAIR: Final = {"Name": "name", "Email": "email", "Value": "value"}
_OF_ATTACHMENT: Final = {
    "Name": "filename",
    "ContentType": "contentType",
    "ContentLength": "size",
    "ContentID": "contentId",
    "Content": "content",
    "Data": "content",  # so in the sample that Postmark's settings page sends
}


class PostmarkProvider:
    """With "Include raw email content" the mail itself is read, else Postmark's reading of it."""

    name: Final = "postmark"
    content_types: Final = frozenset({"application/json"})

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`. Postmark signs nothing: the login stands in the webhook's URL."""
        del raw, now
        login.verify(headers, secrets)
        return None

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`. Postmark's other webhooks are known by their `RecordType`."""
        found = payload.load(raw)
        if (event := found.get("RecordType", "Inbound")) != "Inbound":
            raise IgnoredEventError(f"This is no mail but an event of Postmark: {event}.")
        message, told = _message(found), _translated(found)
        if message is None:
            return mailparse.read(told, received_at=received_at)
        delivery = {name: value for name, value in told.items() if name not in _FIELDS_OF_MAIL}
        return mailparse.with_delivery(mime.parse(message, received_at=received_at), delivery)

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`."""
        found = payload.load(raw)
        if (message := _message(found)) is not None:
            return mime.attachment_content(message, position)
        return mailparse.attachment_content(_translated(found), position)


def _message(found: Mapping[str, JsonValue]) -> bytes | None:
    message = found.get("RawEmail")
    return message.encode() if isinstance(message, str) and message.strip() else None


def _translated(found: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """As `mailparse` has it; what Postmark alone tells stays."""
    told = {new: loose.renamed(found[old], _OF_PAIR) for old, new in _FIELDS.items() if found.get(old)}
    told["attachments"] = loose.renamed(found.get("Attachments"), _OF_ATTACHMENT)
    headers = header_values.topmost(_header_pairs(found))  # of several the topmost is Postmark's
    told["envelope"] = {"from": headers.get("return-path"), "to": found.get("OriginalRecipient")}
    told["spf_pass"] = loose.verdict(headers.get("received-spf", "").partition(" ")[0])
    return {
        name: value for name, value in found.items() if name not in {*_FIELDS, "OriginalRecipient"}
    } | told


def _header_pairs(found: Mapping[str, JsonValue]) -> tuple[tuple[str, str], ...]:
    try:
        return loose.header_pairs(loose.renamed(found.get("Headers"), _OF_PAIR))
    except ValueError:
        return ()
