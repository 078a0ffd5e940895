"""Signed, expiring addresses of trace pages: whoever holds one may read, nobody can make one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

_HOUR = 3600


class TraceLinks:
    """Makes and checks the links. One signature opens a trace's page and everything below it."""

    def __init__(self, *, secret: str, public_url: str, ttl: timedelta) -> None:
        """`public_url` is where readers reach this server; `ttl` is rounded up to the next whole hour."""
        self._key = secret.encode()
        self._base = public_url.rstrip("/")
        self._ttl = int(ttl.total_seconds())

    def url(self, trace_id: str, *, now: datetime) -> str:
        """The address of the page; the same within the hour, so that a card drawn again does not change."""
        expires = str(-(-(int(now.timestamp()) + self._ttl) // _HOUR) * _HOUR)
        query = urlencode({"expires": expires, "signature": self._signature(trace_id, expires)})
        return f"{self._base}/traces/{quote(trace_id, safe='')}?{query}"

    def is_valid(self, trace_id: str, query: Mapping[str, str], *, now: datetime) -> bool:
        """Whether the query was signed by us for this trace and has not expired; in constant time."""
        expires = query.get("expires", "")
        signature = query.get("signature", "").encode(errors="replace")
        is_signed = hmac.compare_digest(self._signature(trace_id, expires).encode(), signature)
        return is_signed and now.timestamp() < int(expires)

    def _signature(self, trace_id: str, expires: str) -> str:
        # The prefix keeps a signature apart from any other that the same secret may make.
        message = f"trace-link\n{expires}\n{trace_id}".encode(errors="replace")
        digest = hmac.digest(self._key, message, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
