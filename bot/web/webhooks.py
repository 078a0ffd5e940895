"""Mail comes in: `POST /webhooks/{source}`. The answer is 2xx only after COMMIT."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING

from aiohttp import web

from bot.intake import signature
from bot.intake.interfaces import Provider, UnparseableError
from bot.telemetry import Metrics, log
from storage.errors import StorageUnavailableError
from storage.received import ReceivedEmail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from routing.email import InboundEmail
    from storage.received import EmailWriter

_LARGE = 64 * 1024
"""Bodies from this size are parsed in a thread: it takes longer than the event loop should wait."""

_RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookSource:
    """One way in for mail."""

    name: str
    tenant: str
    provider: Provider
    secrets: tuple[str, ...]
    """All that are active; never empty."""


def routes(
    sources: Mapping[str, WebhookSource], *, writer: EmailWriter, metrics: Metrics, clock: Clock
) -> list[web.RouteDef]:
    intake = _Intake(sources, writer, metrics, clock)
    return [web.post("/webhooks/{source}", intake.receive)]


class _Intake:
    def __init__(
        self,
        sources: Mapping[str, WebhookSource],
        writer: EmailWriter,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._writer = writer
        self._clock = clock
        self._received = metrics.received
        self._seconds = metrics.webhook_seconds

    async def receive(self, request: web.Request) -> web.Response:
        """Authenticate, parse, remember, answer: in this order."""
        started = perf_counter()
        source = self._sources.get(request.match_info["source"])
        if source is None:
            return _answer(404, {"error": "no such source"})
        try:
            response, status = await self._take(request, source)
        except web.HTTPRequestEntityTooLarge:
            response, status = _answer(413, {"error": "the body is too large"}), "too_large"
        self._received.labels(source.name, status).inc()
        self._seconds.observe(perf_counter() - started)
        return response

    async def _take(self, request: web.Request, source: WebhookSource) -> tuple[web.Response, str]:
        if request.content_type not in source.provider.content_types:
            accepted = ", ".join(sorted(source.provider.content_types))
            return _answer(415, {"error": f"send {accepted}"}), "unsupported_type"
        raw = await request.read()
        now = self._clock()
        try:
            delivery_id = signature.verify(raw, request.headers, source.secrets, now=now)
        except signature.SignatureInvalidError:
            return _answer(401, {"error": "invalid signature"}), "invalid_signature"
        received = await _received(source, raw, request.content_type, delivery_id, now)
        return await self._remember(received)

    async def _remember(self, received: ReceivedEmail) -> tuple[web.Response, str]:
        try:
            receipt = await self._writer.remember(received)
        except StorageUnavailableError as error:
            log.error("mail_not_stored", trace_id=received.trace_id, error=str(error))
            return _answer(
                503, {"error": "try again later"}, {"Retry-After": _RETRY_AFTER_SECONDS}
            ), "unavailable"
        status = "accepted"
        if receipt.is_duplicate:
            status = "duplicate"
        elif received.parse_error is not None:
            status = "unparseable"
        log.info("mail_received", trace_id=receipt.trace_id, source=received.source, status=status)
        answer = {"trace_id": receipt.trace_id, "status": status}
        return _answer(202 if status == "unparseable" else 200, answer), status


def _answer(status: int, body: dict[str, str], headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


async def _received(
    source: WebhookSource, raw: bytes, content_type: str, delivery_id: str | None, now: datetime
) -> ReceivedEmail:
    email, parse_error = await _parse(source.provider, raw, now)
    return ReceivedEmail(
        # 32 hex digits: also a valid trace id of W3C Trace Context.
        trace_id=secrets.token_hex(16),
        tenant=source.tenant,
        source=source.name,
        provider=source.provider.name,
        dedup_key=_dedup_key(delivery_id, email, raw),
        content_type=content_type,
        raw=raw,
        normalised=email.model_dump_json() if email else None,
        parse_error=parse_error,
        message_id=email.message_id if email else None,
        received_at=now,
    )


async def _parse(provider: Provider, raw: bytes, now: datetime) -> tuple[InboundEmail | None, str | None]:
    try:
        if len(raw) < _LARGE:
            return provider.parse(raw, received_at=now), None
        return await asyncio.to_thread(provider.parse, raw, received_at=now), None
    except UnparseableError as error:
        return None, str(error)


def _dedup_key(delivery_id: str | None, email: InboundEmail | None, raw: bytes) -> str:
    """What stays the same when a provider delivers again: its id of the delivery or of the mail, else the bytes."""
    if delivery_id:
        return f"delivery:{delivery_id}"
    if email and email.provider_id:
        return f"mail:{email.provider_id}"
    return f"sha256:{sha256(raw).hexdigest()}"
