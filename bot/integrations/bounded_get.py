"""Fetches what stands at an address, up to a size. The address may be a secret: no error repeats it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from bot import http_client
from bot.errors import PermanentError, RateLimitedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 4 * 1024 * 1024
"""Bytes of an answer: a calendar of years."""
_PAUSE = timedelta(minutes=1)


async def get(
    url: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """All of it.

    Raises:
        DeliveryError: it does not answer, refuses, or does not end.
    """
    content = bytearray()
    try:
        async with (
            http_client.create() as http,
            http.stream("GET", url, params=query, headers=headers) as answer,
        ):
            _check(answer)
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > _LARGEST:
                    raise PermanentError(f"it answered more than {_LARGEST} bytes")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TransientError(f"it does not answer: {type(error).__name__}") from None  # it names the address
    return bytes(content)


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimitedError(_PAUSE)
    said = f"it answered {answer.status_code}"
    raise TransientError(said) if answer.is_server_error else PermanentError(said)
