"""What a delivery becomes before it is remembered, whichever way it came in."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from bot.intake.interfaces import IgnoredEventError, Provider, UnparseableError
from storage.received import ReceivedEmail

if TYPE_CHECKING:
    from datetime import datetime

    from routing.email import InboundEmail
    from storage.received import Receipt

LARGE: Final = 64 * 1024
"""Bodies from this size are read in a thread: it takes longer than the event loop should wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """A way in for mail."""

    name: str
    tenant: str
    provider: Provider


async def read(
    raw: bytes, origin: Origin, *, content_type: str, now: datetime, delivery_id: str | None = None
) -> ReceivedEmail:
    """Parse a delivery; one that cannot be parsed is kept all the same.

    Raises:
        IgnoredEventError: it is no mail, and nothing that should be kept.
    """
    email, parse_error = await _parse(origin.provider, raw, now)
    return _received(
        raw,
        origin,
        content_type=content_type,
        now=now,
        dedup_key=_dedup_key(delivery_id, email, raw),
        email=email,
        parse_error=parse_error,
    )


def unreadable(raw: bytes, origin: Origin, *, content_type: str, now: datetime, reason: str) -> ReceivedEmail:
    """What there is of a mail that nobody needs to try; `reason` is a sentence for whoever handles it by hand."""
    return _received(
        raw,
        origin,
        content_type=content_type,
        now=now,
        dedup_key=_by_content(raw),
        email=None,
        parse_error=reason,
    )


def new_trace_id(now: datetime) -> str:
    """32 hex digits, which W3C Trace Context takes as well; like a UUID of version 7 they begin with the time in ms.

    So the indexes grow at their end (RFC 9562, 2.1): with ids all at random a commit writes three times the pages.
    """
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def status(mail: ReceivedEmail, receipt: Receipt) -> str:
    """What came of it: `accepted`, `duplicate` or `unparseable`."""
    if receipt.is_duplicate:
        return "duplicate"
    return "accepted" if mail.parse_error is None else "unparseable"


def _received(
    raw: bytes,
    origin: Origin,
    *,
    content_type: str,
    now: datetime,
    dedup_key: str,
    email: InboundEmail | None,
    parse_error: str | None,
) -> ReceivedEmail:
    return ReceivedEmail(
        trace_id=new_trace_id(now),
        tenant=origin.tenant,
        source=origin.name,
        provider=origin.provider.name,
        dedup_key=dedup_key,
        content_type=content_type,
        raw=raw,
        normalised=email.model_dump_json() if email else None,
        parse_error=parse_error,
        message_id=email.message_id if email else None,
        received_at=now,
    )


async def _parse(provider: Provider, raw: bytes, now: datetime) -> tuple[InboundEmail | None, str | None]:
    try:
        if len(raw) < LARGE:
            return provider.parse(raw, received_at=now), None
        return await asyncio.to_thread(provider.parse, raw, received_at=now), None
    except IgnoredEventError:
        raise
    except UnparseableError as error:
        return None, str(error)


def _dedup_key(delivery_id: str | None, email: InboundEmail | None, raw: bytes) -> str:
    """What stays the same when a mail is delivered again: the id of the delivery or of the mail, else the bytes."""
    if delivery_id:
        return f"delivery:{delivery_id}"
    if email and email.provider_id:
        return f"mail:{email.provider_id}"
    return _by_content(raw)


def _by_content(raw: bytes) -> str:
    return f"sha256:{sha256(raw).hexdigest()}"
