"""The `mailparse` provider: one mail as a JSON object, by the field names that mail parsers share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.intake import charset, headers, loose, payload, reports, signature
from bot.intake.interfaces import NOTES, UnparseableError
from routing.email import InboundEmail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from routing.email import Address, Attachment

_OLDEST: Final = timedelta(days=30)
_NEWEST: Final = timedelta(days=1)


class MailparseProvider:
    """Reads field by field: one of a wrong type is kept in `extra` with a note, and the mail lives."""

    name: Final = "mailparse"
    content_types: Final = frozenset({"application/json"})

    def authenticate(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime
    ) -> str | None:
        """See `Provider.authenticate`."""
        return signature.verify(raw, headers, secrets, now=now)

    def parse(self, raw: bytes, *, received_at: datetime) -> InboundEmail:
        """See `Provider.parse`. A `received_at` in the payload counts from 30 days ago until tomorrow."""
        return read(payload.load(raw), received_at=received_at)

    def attachment_content(self, raw: bytes, position: int) -> bytes | None:
        """See `Provider.attachment_content`: the base64 in `content`."""
        return attachment_content(payload.load(raw), position)


def read(found: dict[str, JsonValue], *, received_at: datetime) -> InboundEmail:
    """A mail from fields by these names; other providers bring theirs into this shape.

    Raises:
        UnparseableError: there is no mail in them.
    """
    email = _email(payload.Fields(found), received_at)
    if not (email.sender or email.subject or email.text or email.html):
        raise UnparseableError("The payload names no sender and holds neither a subject nor a text.")
    return email


def with_delivery(email: InboundEmail, found: dict[str, JsonValue]) -> InboundEmail:
    """A mail that was read from its own bytes, with what these fields tell of its delivery, and all that is left."""
    fields = payload.Fields(found)
    told = {name: value for name, value in _delivery(fields).items() if value not in {None, ()}}
    notes = email.extra.get(NOTES)
    for note in notes if isinstance(notes, list) else ():
        fields.note(str(note))
    return email.model_copy(update=told | {"extra": fields.extra})


def attachment_content(found: dict[str, JsonValue], position: int) -> bytes | None:
    """The base64 in `content`."""
    items = found.get("attachments")
    item = items[position] if isinstance(items, list) and 0 <= position < len(items) else None
    content = item.get("content") if isinstance(item, dict) else None
    return charset.decode_base64(content.encode("ascii", "replace")) if isinstance(content, str) else None


def _email(fields: payload.Fields, now: datetime) -> InboundEmail:
    take = fields.take
    pairs = take(loose.header_pairs, (), "headers")
    told = headers.topmost(pairs)
    message_id = take(loose.message_ids, (), "messageId", "message_id") or _ids(told, "message-id")
    report = reports.read(pairs, reports.json_parts(fields.extra.get("attachments")))
    return InboundEmail(
        received_at=_received_at(fields, now),
        message_id=message_id[0] if message_id else None,
        in_reply_to=take(loose.message_ids, (), "inReplyTo", "in_reply_to") or _ids(told, "in-reply-to"),
        references=take(loose.message_ids, (), "references") or _ids(told, "references"),
        sender=take(loose.address, None, "from") or _address(told, "from"),
        reply_to=take(loose.address, None, "replyTo", "reply_to") or _address(told, "reply-to"),
        to=take(loose.addresses, (), "to"),
        cc=take(loose.addresses, (), "cc"),
        subject=take(loose.line, "", "subject") or headers.line(told.get("subject", "")),
        text=take(loose.body, "", "text"),
        html=take(loose.string, "", "html"),
        attachments=_attachments(fields),
        headers=pairs,
        delivery_status=report.delivery_status,
        returned_message_id=report.returned_message_id,
        **_delivery(fields),
        extra=fields.extra,
    )


def _delivery(fields: payload.Fields) -> dict[str, Any]:
    envelope = payload.Fields(fields.take(_object, {}, "envelope"))
    told = {
        "provider_id": fields.take(loose.identifier, None, "id") or None,
        "envelope_from": envelope.take(loose.path, None, "from"),
        "envelope_to": envelope.take(loose.paths, (), "to"),
        "spf_pass": fields.take(loose.passed, None, "spf_pass"),
        "dkim_pass": fields.take(loose.passed, None, "dkim_pass"),
    }
    if envelope.extra:
        fields.extra["envelope"] = envelope.extra
    return told


def _object(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - one error type for every reader
    return dict(value)


def _ids(told: Mapping[str, str], name: str) -> tuple[str, ...]:
    return headers.message_ids(told.get(name, ""))


def _address(told: Mapping[str, str], name: str) -> Address | None:
    return next(iter(headers.addresses(told.get(name, ""))), None)


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
