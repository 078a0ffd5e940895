"""A mailbox behind an HTTP API: `GET {url}/messages?cursor=&limit=`, then `POST {url}/messages/{id}/ack`."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from bot import http_client
from bot.intake.polling.interfaces import Batch, Message, PollFailedError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from storage.cursors import Cursor

_LARGEST_PAGE = 32 * 1024 * 1024
"""Bytes of one answer; of a larger one less is asked for."""
_LONGEST_PAUSE = timedelta(hours=1)
"""More than this is not believed of a Retry-After."""
_GONE = {404, 409, 410}
"""Answers to an acknowledgement that say: it has been taken away already."""


class _Page(BaseModel):
    messages: list[Any]
    next_cursor: str | None = None
    has_more: bool = False


class _PageTooLargeError(Exception):
    pass


class RestMailbox:
    """See `Mailbox`. A mail that arrives while we are down waits there; one that was not acknowledged comes again."""

    content_type = "application/json"

    def __init__(self, *, url: str, token: str, limit: int) -> None:
        self.place = url
        self._limit = limit
        self._http = http_client.create()
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    async def batches(self, cursor: Cursor | None) -> AsyncGenerator[Batch, None]:
        """See `Mailbox.batches`."""
        position = cursor.position if cursor else None
        while True:
            page = await self._page(position)
            yield Batch(messages=[_message(item) for item in page.messages], position=page.next_cursor)
            # An API that says there is more and leads nowhere would keep us turning.
            if not page.has_more or page.next_cursor in {None, position}:
                return
            position = page.next_cursor

    async def _page(self, position: str | None) -> _Page:
        limit = self._limit
        while True:
            try:
                body = await self._get(
                    f"{self.place}/messages", {"cursor": position or "", "limit": str(limit)}
                )
            except _PageTooLargeError:
                if limit == 1:
                    reason = (
                        f"a single message is larger than {_LARGEST_PAGE} bytes, after cursor {position!r}"
                    )
                    raise PollFailedError(reason) from None
                limit //= 2
            else:
                return await asyncio.to_thread(_read_page, body)

    async def _get(self, url: str, query: dict[str, str]) -> bytes:
        with _translated():
            async with self._http.stream("GET", url, params=query, headers=self._headers) as response:
                _check(response)
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > _LARGEST_PAGE:
                        raise _PageTooLargeError
        return bytes(body)

    async def acknowledge(self, batch: Batch) -> None:
        """See `Mailbox.acknowledge`. A message without an id cannot be acknowledged; the cursor passes it."""
        for message in batch.messages:
            if message.id is None:
                continue
            with _translated():
                url = f"{self.place}/messages/{quote(message.id, safe='')}/ack"
                response = await self._http.post(url, headers=self._headers)
            if response.status_code not in _GONE:
                _check(response)

    async def wait(self, interval: timedelta) -> None:
        """See `Mailbox.wait`."""
        await asyncio.sleep(interval.total_seconds())

    async def close(self) -> None:
        """See `Mailbox.close`."""
        http, self._http = self._http, http_client.create()
        await http.aclose()


def _read_page(body: bytes) -> _Page:
    try:
        return _Page.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError) as error:
        raise PollFailedError("the answer is not a page of messages") from error


def _message(item: Any) -> Message:
    told = item.get("id") if isinstance(item, dict) else None
    is_id = isinstance(told, str | int) and not isinstance(told, bool) and told != ""
    # In ASCII also what is no valid Unicode survives, and the same message is the same bytes each time.
    return Message(id=str(told) if is_id else None, raw=json.dumps(item).encode())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise PollFailedError(str(error) or type(error).__name__) from error


def _check(response: httpx.Response) -> None:
    if not response.is_success:
        reason = f"{response.request.method} {response.request.url.path} was answered {response.status_code}"
        raise PollFailedError(reason, retry_after=_retry_after(response))


def _retry_after(response: httpx.Response) -> timedelta | None:
    """The seconds of Retry-After (RFC 9110, 10.2.3); its other form, a date, is as good as none."""
    told = response.headers.get("Retry-After", "")
    return (
        min(timedelta(seconds=int(told[:9])), _LONGEST_PAUSE) if told.isdecimal() and told.isascii() else None
    )
