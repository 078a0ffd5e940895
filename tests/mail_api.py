"""A stand-in for a provider that is polled over HTTP: it keeps its mails, and forgets none that was acknowledged."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

TOKEN = "token-of-the-mail-api"


class MailApi:
    """`GET /messages?cursor=&limit=` and `POST /messages/{id}/ack`; a cursor counts the messages before it."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[Any] = []
        self.acknowledged: list[str] = []
        """Ids in the order of the acknowledgements, each as often as it was acknowledged."""
        self.asked: list[tuple[str, int]] = []
        """Cursor and limit of each page that was asked for."""
        self.troubles: list[web.Response] = []
        """Answers that are given first, one each, whatever is asked."""
        self.on_acknowledge: Callable[[], Awaitable[None]] | None = None
        """Awaited before an acknowledgement is answered."""

    async def _page(self, request: web.Request) -> web.Response:
        start, limit = int(request.query["cursor"] or 0), int(request.query["limit"])
        self.asked.append((request.query["cursor"], limit))
        end = min(start + limit, len(self.messages))
        page = {"messages": self.messages[start:end], "next_cursor": str(end) if end > start else None}
        return web.json_response(page | {"has_more": end < len(self.messages)})

    async def _acknowledge(self, request: web.Request) -> web.Response:
        self.acknowledged.append(request.match_info["id"])
        if self.on_acknowledge:
            await self.on_acknowledge()
        return web.Response(status=204)

    async def _guarded(self, request: web.Request) -> web.Response:
        if self.troubles:
            return self.troubles.pop(0)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        return await (self._page if request.method == "GET" else self._acknowledge)(request)


@asynccontextmanager
async def running() -> AsyncIterator[MailApi]:
    """A stand-in that listens."""
    api = MailApi()
    application = web.Application()
    application.router.add_get("/v1/messages", api._guarded)  # noqa: SLF001 - its own module
    application.router.add_post("/v1/messages/{id}/ack", api._guarded)  # noqa: SLF001 - as above
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield api
    finally:
        await runner.cleanup()
