"""Every client for HTTP that is not Slack's is made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from ssl import SSLContext

_TIMEOUT = httpx.Timeout(30, connect=10)


def create(*, tls: SSLContext | None = None) -> httpx.AsyncClient:
    """A client that goes where it is told: through no proxy of the environment, and after no redirect.

    `tls` says whose certificates are trusted; by default those of the usual authorities.
    """
    return httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, verify=tls or True)
