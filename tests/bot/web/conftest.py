"""A server that shows the sample traces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.trace_links import TraceLinks
from bot.web import traces
from tests.bot.web import samples

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from bot.web.trace_view import Trace


@dataclass(kw_only=True)
class TraceDesk:
    """The pages over real HTTP, with a clock that a test may turn."""

    store: samples.MemoryTraces
    links: TraceLinks
    http: httpx.AsyncClient
    now: datetime = samples.NOW

    def add(self, trace: Trace, *files: bytes) -> str:
        """Store a trace, its attachments in order, and give the link of its page."""
        self.store.traces[trace.trace_id] = trace
        self.store.files |= {(trace.trace_id, position): body for position, body in enumerate(files)}
        return self.link(trace.trace_id)

    def link(self, trace_id: str, below: str = "") -> str:
        page, query = self.links.url(trace_id, now=samples.NOW).split("?")
        return f"{page}{below}?{query}"

    async def get(self, trace_id: str, below: str = "") -> httpx.Response:
        return await self.http.get(self.link(trace_id, below))


@pytest.fixture
async def desk() -> AsyncIterator[TraceDesk]:
    port = unused_port()
    links = TraceLinks(secret="made-up", public_url=f"http://127.0.0.1:{port}", ttl=timedelta(days=7))
    async with httpx.AsyncClient() as http:
        desk = TraceDesk(store=samples.MemoryTraces(), links=links, http=http)
        app = web.Application()
        app.add_routes(traces.routes(desk.store, links, lambda: desk.now))
        async with TestServer(app, port=port):
            desk.add(samples.trace(), b"%PDF-1.7", samples.PIXEL)
            yield desk
