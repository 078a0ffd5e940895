"""Who sent this webhook: a user and password (RFC 7617), or a secret header, for vendors that sign nothing."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from bot.intake.signature import SignatureInvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADER: Final = "X-Webhook-Secret"


def verify(headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    """A secret with a colon is `user:password` of HTTP basic authentication; any other stands in `HEADER`.

    Raises:
        SignatureInvalidError: for every fault.
    """
    scheme, _, credentials = headers.get("Authorization", "").partition(" ")
    login = _bytes(credentials.strip()) if scheme.lower() == "basic" else b""
    told = _bytes(headers.get(HEADER, ""))
    valid = False
    for secret in secrets:  # no early exit: the time taken must not tell which of the secrets matched
        expected, given = (b64encode(secret.encode()), login) if ":" in secret else (secret.encode(), told)
        valid |= bool(secret) & hmac.compare_digest(expected, given)
    if not valid:
        raise SignatureInvalidError


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "replace")
