"""Asks JSON APIs over HTTP; everything that goes wrong is one of the DeliveryErrors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from bot import http_client
from bot.errors import PermanentError, TransientError
from bot.integrations import answers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_LARGEST = 256 * 1024
"""Bytes of an answer: a record of one customer."""


class JsonApi:
    """One server of JSON."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = http_client.create()

    async def ask(
        self,
        method: str,
        path: str = "",
        *,
        bearer: str | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        absent: Collection[int] = (),
    ) -> Any:
        """What the answer says; None for a status of `absent` and for 204.

        Raises:
            DeliveryError: it does not answer, refuses, or answers something else than JSON.
        """
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            async with self._http.stream(
                method, f"{self._url}{path}", params=query, json=body, data=form, headers=headers
            ) as answer:
                if answer.status_code in {204, *absent}:
                    return None
                answers.check(answer, opened_by="DESKBELL_DIRECTORY_SECRET")
                return _parsed(await _read(answer))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransientError(f"it does not answer: {str(error) or type(error).__name__}") from error

    async def close(self) -> None:
        await self._http.aclose()


async def _read(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > _LARGEST:
            raise PermanentError(f"{answer.url.host} answered more than {_LARGEST} bytes")
    return bytes(content)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PermanentError("it answered something else than JSON") from error
