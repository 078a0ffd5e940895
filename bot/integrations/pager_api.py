"""Tells a pager's API something; everything that goes wrong is one of the DeliveryErrors."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from bot import http_client
from bot.errors import TransientError
from bot.integrations import answers

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = timedelta(seconds=15)
"""How long a call may take; who waits longer had better try again, under the same key."""


class PagerApi:
    """One server that takes events.

    Args:
        url: what paths are appended to.
        secret_name: the variable that opens it, for the error when it does not.
        patience: how long an answer may take.
    """

    def __init__(self, url: str, *, secret_name: str, patience: timedelta = PATIENCE) -> None:
        self._url = url
        self._secret_name = secret_name
        self._patience = patience
        self._http = http_client.create()

    async def post(self, content: bytes, *, path: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Hand over a JSON body. Only the status of the answer counts.

        Raises:
            DeliveryError: it was not taken, or nobody knows.
        """
        try:
            async with (
                asyncio.timeout(self._patience.total_seconds()),
                self._http.stream(
                    "POST",
                    f"{self._url}{path}",
                    content=content,
                    headers={"Content-Type": "application/json", **(headers or {})},
                ) as answer,
            ):
                answers.check(answer, opened_by=self._secret_name)
        except TimeoutError as error:
            seconds = f"{self._patience.total_seconds():g}"
            raise TransientError(f"{httpx.URL(self._url).host} did not answer within {seconds} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # By its class alone: what a library says about a request may hold what opens the door.
            raise TransientError(
                f"{httpx.URL(self._url).host} does not answer: {type(error).__name__}"
            ) from error

    async def close(self) -> None:
        await self._http.aclose()


def body(value: Mapping[str, Any]) -> bytes:
    """A JSON body: the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def cut(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
