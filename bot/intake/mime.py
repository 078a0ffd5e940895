"""A raw message (RFC 5322, MIME) as an `InboundEmail`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.intake import headers, parts, reports
from bot.intake.interfaces import NOTES, UnparseableError
from routing.email import Address, Attachment, InboundEmail, clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_SHOWN = {"text/plain", "text/html"}


def parse(raw: bytes, *, received_at: datetime) -> InboundEmail:
    """Read a message, field by field.

    All readable text parts make up the text: some clients cut it in two around a picture.

    Raises:
        UnparseableError: It is empty, has no headers, or holds neither a sender nor any content.
    """
    tree = parts.read(raw)
    if not tree.headers:
        raise UnparseableError(
            "The body is not a mail: it has no headers." if raw.strip() else "The body is empty."
        )
    email = _email(tree, received_at)
    if not (email.sender or email.subject or email.text or email.html or email.attachments):
        raise UnparseableError("The mail has no sender, no subject and no content.")
    return email


def attachment_content(raw: bytes, position: int) -> bytes | None:
    """The decoded bytes of one attachment."""
    found = [part for part in parts.read(raw).parts if _is_attachment(part)]
    return found[position].content() if 0 <= position < len(found) else None


def _email(tree: parts.Tree, received_at: datetime) -> InboundEmail:
    pairs = tuple((name, clean_line(value)) for name, value in tree.headers)
    message_id = headers.message_ids(headers.first(pairs, "message-id") or "")
    sender, reply_to = (_addresses(pairs, name)[:1] for name in ("from", "reply-to"))
    report = reports.read(pairs, ((part.content_type, part.content) for part in tree.parts))
    return InboundEmail(
        received_at=received_at,
        message_id=message_id[0] if message_id else None,
        in_reply_to=headers.message_ids(headers.first(pairs, "in-reply-to") or ""),
        references=headers.message_ids(headers.first(pairs, "references") or ""),
        sender=sender[0] if sender else None,
        reply_to=reply_to[0] if reply_to else None,
        to=_addresses(pairs, "to"),
        cc=_addresses(pairs, "cc"),
        subject=headers.line(headers.first(pairs, "subject") or ""),
        text=clean_text(_body(tree.parts, "text/plain")),
        html=_body(tree.parts, "text/html").replace("\0", ""),
        attachments=tuple(_attachments(tree.parts)),
        headers=pairs,
        envelope_from=_return_path(pairs),
        envelope_to=tuple(address.email for address in _addresses(pairs, "delivered-to")),
        delivery_status=report.delivery_status,
        returned_message_id=report.returned_message_id,
        extra={NOTES: [*tree.notes]} if tree.notes else {},
    )


def _addresses(pairs: tuple[tuple[str, str], ...], name: str) -> tuple[Address, ...]:
    return headers.addresses(headers.first(pairs, name) or "")


def _return_path(pairs: tuple[tuple[str, str], ...]) -> str | None:
    """Final delivery records the reverse-path in Return-Path (RFC 5321, 4.4)."""
    value = headers.first(pairs, "return-path")
    return None if value is None else value.strip("<> ").lower()


def _body(found: list[parts.Part], content_type: str) -> str:
    return "\n".join(
        part.text() for part in found if part.content_type == content_type and not _is_attachment(part)
    )


def _is_attachment(part: parts.Part) -> bool:
    return part.is_attachment or bool(part.filename) or part.content_type not in _SHOWN


def _attachments(found: list[parts.Part]) -> Iterable[Attachment]:
    files = (part for part in found if _is_attachment(part))
    for number, part in enumerate(files, start=1):
        yield Attachment(
            filename=part.filename or f"attachment-{number}",
            content_type=clean_line(part.content_type),
            size=len(part.content()),
            content_id=part.content_id,
        )
