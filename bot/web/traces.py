"""`/traces/{trace_id}` and what hangs below it, for whoever holds a valid link."""

from __future__ import annotations

import asyncio
import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.web import downloads, json_view, trace_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.trace_links import TraceLinks
    from bot.web.trace_view import Trace, TraceSource
    from routing.email import InboundEmail

_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"
_SEALED = {
    "Content-Security-Policy": f"{_NOTHING}; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_MAX_PICTURE = 200 * 1024


def routes(traces: TraceSource, links: TraceLinks, clock: Callable[[], datetime]) -> list[web.RouteDef]:
    """The page, the stored JSON, the raw body, the mail alone and its attachments."""
    handlers = _Handlers(traces=traces, links=links, clock=clock, pages=trace_page.TracePage())
    return [
        # Before the page: `{trace_id}` would match `abc.json` too.
        web.get("/traces/{trace_id}.json", handlers.stored_json),
        web.get("/traces/{trace_id}", handlers.page),
        web.get("/traces/{trace_id}/raw", handlers.raw),
        web.get("/traces/{trace_id}/body.html", handlers.mail),
        web.get("/traces/{trace_id}/attachments/{position:[0-9]{1,4}}", handlers.attachment),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Handlers:
    traces: TraceSource
    links: TraceLinks
    clock: Callable[[], datetime]
    pages: trace_page.TracePage

    async def page(self, request: web.Request) -> web.Response:
        trace = await self._opened(request)
        nonce = secrets.token_urlsafe(16)
        query = request.rel_url.raw_query_string
        body = await asyncio.to_thread(self.pages.trace, trace, query=query, nonce=nonce)
        return _html(body, _page_headers(nonce))

    async def stored_json(self, request: web.Request) -> web.Response:
        trace = await self._opened(request)
        body = await asyncio.to_thread(json_view.document, trace)
        return web.Response(body=body, content_type="application/json", headers=_PRIVATE | _SEALED)

    async def raw(self, request: web.Request) -> web.Response:
        trace = await self._opened(request)
        return _download(trace.raw, name=f"{trace.trace_id}.{_ending(trace.content_type)}")

    async def mail(self, request: web.Request) -> web.Response:
        trace = await self._opened(request)
        if trace.email is None:
            raise self._refusal()
        loads_remote = request.query.get("remote") == "1"
        address = "" if loads_remote else f"?{request.rel_url.raw_query_string}&remote=1"
        remote = trace_page.RemoteImages(allowed_by=address)
        pictures = await self._pictures(trace.trace_id, trace.email)
        body = await asyncio.to_thread(self.pages.mail, trace.email, inline_image=pictures.get, remote=remote)
        return _html(body, _frame_headers(images="https: data:" if loads_remote else "data:"))

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        trace = await self._opened(request)
        found = await self.traces.attachment(trace.trace_id, int(request.match_info["position"]))
        if found is None:
            raise self._refusal()
        response = downloads.stream(name=found.filename, size=found.size)
        response.headers.update(_PRIVATE | _SEALED)
        await response.prepare(request)
        async for chunk in found.chunks:
            await response.write(chunk)
        return response

    async def _opened(self, request: web.Request) -> Trace:
        """The trace that the link opens; without a valid one nothing is looked up and nothing told apart."""
        trace_id = request.match_info["trace_id"]
        is_valid = self.links.is_valid(trace_id, request.query, now=self.clock())
        trace = await self.traces.trace(trace_id) if is_valid else None
        if trace is None:
            raise self._refusal()
        return trace

    def _refusal(self) -> web.HTTPForbidden:
        text = self.pages.refused()
        return web.HTTPForbidden(text=text, content_type="text/html", headers=_PRIVATE | _SEALED)

    async def _pictures(self, trace_id: str, email: InboundEmail) -> Mapping[str, str]:
        """Small pictures that the mail's HTML shows, as `data:` URIs by their Content-ID."""
        pictures: dict[str, str] = {}
        for position, part in enumerate(email.attachments):
            is_small = part.content_type in _PICTURES and part.size <= _MAX_PICTURE
            if part.content_id and is_small and "cid:" in email.html:
                found = await self.traces.attachment(trace_id, position)
                if found and found.size <= _MAX_PICTURE:
                    content = b"".join([chunk async for chunk in found.chunks])
                    data = base64.b64encode(content).decode()
                    pictures[part.content_id] = f"data:{part.content_type};base64,{data}"
        return pictures


def _ending(content_type: str) -> str:
    if "json" in content_type:
        return "json"
    return "eml" if content_type.startswith(("message/", "application/octet-stream")) else "txt"


def _page_headers(nonce: str) -> dict[str, str]:
    own = f"style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; frame-src 'self'"
    policy = f"{_NOTHING}; {own}; frame-ancestors 'none'"
    return {"Content-Security-Policy": policy, "X-Frame-Options": "DENY"}


def _frame_headers(*, images: str) -> dict[str, str]:
    """The mail may not run, submit or load anything but such images; only our own page may frame it."""
    policy = f"sandbox allow-popups; {_NOTHING}; style-src 'unsafe-inline'; img-src {images}; frame-ancestors 'self'"
    return {"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"}


def _html(text: str, headers: dict[str, str]) -> web.Response:
    # A lone surrogate in a stored text must not cost the reader the page.
    body = text.encode(errors="replace")
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=_PRIVATE | headers)


def _download(body: bytes, *, name: str) -> web.Response:
    response = downloads.response(body, name=name)
    response.headers.update(_PRIVATE | _SEALED)
    return response
