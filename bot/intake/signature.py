"""Who sent this webhook: HMAC signatures over the raw body.

Two schemes are known: `X-Signature` (hex HMAC-SHA256 of the body) and Standard Webhooks
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
"""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

TOLERANCE: Final = timedelta(minutes=5)
"""How far a signed timestamp may lie from now, in either direction."""

_TOLERANCE_SECONDS = TOLERANCE.total_seconds()
_KEY_PREFIX = "whsec_"
_LONGEST_TIMESTAMP = 12


class SignatureInvalidError(Exception):
    """The request carries no valid signature."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def verify(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: datetime) -> str | None:
    """Check a request and give the delivery id that its signature covers, or None where the scheme has none.

    A `webhook-signature`, when present, decides alone: it is the one that bounds replays.

    Args:
        raw: The body as it came.
        headers: A case-insensitive mapping.
        secrets: All that are active; any may have signed.
        now: The time of arrival.

    Raises:
        SignatureInvalidError: For every fault, so that the sender learns nothing from the difference.
        ValueError: A secret is empty or is no base64 after `whsec_` (see `key`).
    """
    if (signatures := headers.get("webhook-signature")) is not None:
        return _verify_standard(raw, headers, signatures, secrets, now)
    given = _ascii(headers.get("X-Signature", "")).lower().removeprefix(b"sha256=")
    valid = False
    for secret in secrets:
        # No early exit: the time taken must not tell which of the secrets matched.
        valid |= hmac.compare_digest(hmac.digest(_plain_key(secret), raw, "sha256").hex().encode(), given)
    if not valid:
        raise SignatureInvalidError
    return None


def _verify_standard(
    raw: bytes, headers: Mapping[str, str], signatures: str, secrets: Sequence[str], now: datetime
) -> str:
    delivery_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signed = b"%b.%b.%b" % (_ascii(delivery_id), _ascii(timestamp), raw)
    given = [_ascii(item[3:]) for item in signatures.split() if item.startswith("v1,")]
    valid = False
    for secret in secrets:
        expected = base64.b64encode(hmac.digest(key(secret), signed, "sha256"))
        for signature in given:
            valid |= hmac.compare_digest(expected, signature)
    if not (valid and delivery_id and is_timely(timestamp, now)):
        raise SignatureInvalidError
    return delivery_id


@lru_cache(maxsize=256)
def key(secret: str) -> bytes:
    """The key of a Standard Webhooks secret: `whsec_<base64>`, or any other text as UTF-8.

    Raises:
        ValueError: The secret is empty, which would let anyone in, or its base64 is broken.
    """
    if not secret.startswith(_KEY_PREFIX):
        return _plain_key(secret)
    decoded = base64.b64decode(secret.removeprefix(_KEY_PREFIX), validate=True)
    if not decoded:
        raise ValueError("a webhook secret is empty")
    return decoded


def _plain_key(secret: str) -> bytes:
    if not secret:
        raise ValueError("a webhook secret is empty")
    return secret.encode()


def sign(raw: bytes, *, delivery_id: str, secret: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks for a body that we send.

    Raises:
        ValueError: as `key`.
    """
    timestamp = str(int(now.timestamp()))
    signed = b"%b.%b.%b" % (_ascii(delivery_id), _ascii(timestamp), raw)
    digest = base64.b64encode(hmac.digest(key(secret), signed, "sha256")).decode()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{digest}",
    }


def is_timely(timestamp: str, now: datetime) -> bool:
    """Whether a time in seconds since 1970, as a sender wrote it, is close enough to now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP):
        return False
    return abs(now.timestamp() - int(timestamp)) <= _TOLERANCE_SECONDS


def _ascii(value: str) -> bytes:
    """A header as bytes; what is not ASCII can match no signature, but must not raise either."""
    return value.encode("ascii", "replace")
