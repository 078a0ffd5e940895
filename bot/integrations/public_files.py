"""Fetches files from addresses that strangers wrote, and only from the public internet.

The host is resolved once, every address of it is checked, and the connection goes to a checked address: a name that
changes its mind between check and use (DNS rebinding) gains nothing. Each redirect is checked like the first address.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx

from bot import http_client
from bot.errors import PermanentError, TransientError
from bot.integrations import public_addresses

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

    from bot.integrations.public_addresses import IPAddress

_MOST_REDIRECTS = 3
_LONGEST_SECONDS = 45
"""For all of it: less than the lease of an outbox entry."""
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


class PublicFiles:
    """A FileFetcher over HTTPS."""

    def __init__(
        self,
        *,
        may_reach: Callable[[IPAddress], bool] = public_addresses.is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls` says whose certificates are trusted; by default those of the usual authorities."""
        self._may_reach = may_reach
        self._tls = tls

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            async with asyncio.timeout(_LONGEST_SECONDS), http_client.create(tls=self._tls) as client:
                response = await self._follow(client, url)
                try:
                    yield response.aiter_raw()
                finally:
                    await response.aclose()
        except (httpx.TransportError, TimeoutError) as error:
            raise TransientError(f"its address does not answer: {type(error).__name__}") from error

    async def _follow(self, client: httpx.AsyncClient, address: str) -> httpx.Response:
        url = _parsed(address)
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._get(client, url)
            if not response.has_redirect_location:
                return await _accepted(response)
            location = response.headers["Location"]
            await response.aclose()
            url = _parsed(location, base=url)
        raise PermanentError("its address leads from one to the next")

    async def _get(self, client: httpx.AsyncClient, url: httpx.URL) -> httpx.Response:
        request = client.build_request(
            "GET",
            url.copy_with(host=str(await self._resolve(url))),
            # Compressed it might be a thousand times larger than any cap sees.
            headers={"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        return await client.send(request, stream=True)

    async def _resolve(self, url: httpx.URL) -> IPAddress:
        """An address of the host; one that is not public spoils them all."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                url.raw_host.decode("ascii"), url.port or 443, type=socket.SOCK_STREAM
            )
        except socket.gaierror as error:
            kind = TransientError if error.errno == socket.EAI_AGAIN else PermanentError
            raise kind("its host cannot be found") from error
        except UnicodeError as error:
            raise PermanentError("its address is not one") from error
        addresses = [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
        if not all(map(self._may_reach, addresses)):
            raise PermanentError("its address is not in the public internet")
        return addresses[0]


def _parsed(address: str, *, base: httpx.URL | None = None) -> httpx.URL:
    try:
        url = base.join(address) if base else httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise PermanentError("its address is not one") from error
    if url.scheme != "https" or not url.host or url.userinfo:
        raise PermanentError("its address is not plain https")
    return url


async def _accepted(response: httpx.Response) -> httpx.Response:
    status = response.status_code
    encoding = response.headers.get("Content-Encoding", "identity")
    if status == HTTPStatus.OK and encoding == "identity":
        return response
    await response.aclose()
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(f"its address answers {status}")
    if status == HTTPStatus.OK:
        raise PermanentError(f"its address sends it as {encoding}")
    raise PermanentError(f"its address answers {status}")
