"""The `mailparse` provider: one mail as a JSON object, by the field names that mail parsers share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.intake import charset, headers, loose, payload
from bot.intake.interfaces import UnparseableError
from routing.email import InboundEmail

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import JsonValue

    from routing.email import Address, Attachment

_OLDEST: Final = timedelta(days=30)
_NEWEST: Final = timedelta(days=1)


class MailparseProvider:
    """Reads field by field: one of a wrong type is kept in `extra` with a note, and the mail lives."""

    name: Final = "mailparse"
    content_types: Final = frozenset({"application/json"})

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`. A `received_at` in the payload counts from 30 days ago until tomorrow."""
        fields = payload.Fields(payload.load(raw))
        email = _email(fields, received_at)
        if not (email.sender or email.subject or email.text or email.html):
            raise UnparseableError("The JSON names no sender and holds neither a subject nor a text.")
        return email

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`: the base64 in `content`."""
        items = payload.load(raw).get("attachments")
        item = items[position] if isinstance(items, list) and 0 <= position < len(items) else None
        content = item.get("content") if isinstance(item, dict) else None
        return charset.decode_base64(content.encode("ascii", "replace")) if isinstance(content, str) else None


def _email(fields: payload.Fields, now: datetime) -> InboundEmail:
    take = fields.take
    pairs = take(loose.header_pairs, (), "headers")
    envelope = payload.Fields(take(_object, {}, "envelope"))
    message_id = take(loose.message_ids, (), "messageId", "message_id") or _ids(pairs, "message-id")
    return InboundEmail(
        received_at=_received_at(fields, now),
        provider_id=take(loose.identifier, None, "id") or None,
        message_id=message_id[0] if message_id else None,
        in_reply_to=take(loose.message_ids, (), "inReplyTo", "in_reply_to") or _ids(pairs, "in-reply-to"),
        references=take(loose.message_ids, (), "references") or _ids(pairs, "references"),
        sender=take(loose.address, None, "from") or _address(pairs, "from"),
        reply_to=take(loose.address, None, "replyTo", "reply_to") or _address(pairs, "reply-to"),
        to=take(loose.addresses, (), "to"),
        cc=take(loose.addresses, (), "cc"),
        subject=take(loose.line, "", "subject") or headers.line(headers.first(pairs, "subject") or ""),
        text=take(loose.body, "", "text"),
        html=take(loose.string, "", "html"),
        attachments=_attachments(fields),
        headers=pairs,
        envelope_from=envelope.take(loose.path, None, "from"),
        envelope_to=envelope.take(loose.paths, (), "to"),
        spf_pass=take(loose.passed, None, "spf_pass"),
        dkim_pass=take(loose.passed, None, "dkim_pass"),
        extra=fields.extra | ({"envelope": envelope.extra} if envelope.extra else {}),
    )


def _object(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one error type for every reader
    return dict(value)


def _ids(pairs: tuple[tuple[str, str], ...], name: str) -> tuple[str, ...]:
    return headers.message_ids(headers.first(pairs, name) or "")


def _address(pairs: tuple[tuple[str, str], ...], name: str) -> Address | None:
    return next(iter(headers.addresses(headers.first(pairs, name) or "")), None)


def _attachments(fields: payload.Fields) -> tuple[Attachment, ...]:
    told = fields.extra.get("attachments")
    if isinstance(told, list) and len(told) > loose.MOST_ATTACHMENTS:
        fields.note(f"attachments: only the first {loose.MOST_ATTACHMENTS} were read")
    return fields.take(loose.attachments, (), "attachments")


def _received_at(fields: payload.Fields, now: datetime) -> datetime:
    told = fields.take(loose.moment, now, "received_at")
    if now - _OLDEST <= told <= now + _NEWEST:
        return told
    fields.note(f"received_at: {told.isoformat()} is not believable")
    return now
