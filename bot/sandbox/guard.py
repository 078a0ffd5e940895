"""Keeps other sites and machines out: the page shows hostile text, and its POSTs act without a login."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}

_PORT = re.compile(r":\d+\Z")

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


@web.middleware
async def keep_out_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 where the Host is not this machine (DNS rebinding) or a POST comes from another site (CSRF)."""
    if _PORT.sub("", request.host) not in LOOPBACK:
        raise web.HTTPForbidden(text="The sandbox answers on loopback names only.")
    if request.method == "POST" and not _is_same_origin(request):
        raise web.HTTPForbidden(text="The sandbox takes requests of its own page only.")
    return await handler(request)


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """A signal handler, because a stream such as the live events is prepared inside of its handler."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _is_same_origin(request: web.Request) -> bool:
    # Browsers send Origin with every POST; programs such as the bot send none.
    origin = request.headers.get("Origin")
    return origin is None or origin == f"http://{request.host}"
