"""Mail comes in: `POST /webhooks/{source}`. The answer is 2xx only after COMMIT."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic_core import to_json

from bot.intake import received, signature
from bot.intake.interfaces import Admitted, IgnoredEventError, OnlineProvider, VendorUnavailableError
from bot.intake.received import Origin
from bot.telemetry import Metrics, log
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.intake.interfaces import Vendor
    from storage.received import EmailWriter, ReceivedEmail

_RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookSource(Origin):
    """One way in for mail that is sent to us."""

    secrets: tuple[str, ...]
    """All that are active; never empty."""


def routes(
    sources: Mapping[str, WebhookSource],
    *,
    writer: EmailWriter,
    metrics: Metrics,
    clock: Clock,
    vendor: Vendor,
) -> list[web.RouteDef]:
    intake = _Intake(sources, writer, metrics, clock, vendor)
    return [web.post("/webhooks/{source}", intake.receive)]


class _Intake:
    def __init__(
        self,
        sources: Mapping[str, WebhookSource],
        writer: EmailWriter,
        metrics: Metrics,
        clock: Clock,
        vendor: Vendor,
    ) -> None:
        self._sources = sources
        self._writer = writer
        self._clock = clock
        self._vendor = vendor
        self._received = metrics.received
        self._seconds = metrics.webhook_seconds
        self._log = log.bind()  # `log` itself would do it again for each mail

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
            admitted = await self._admit(raw, request.headers, source, now)
            mail = await received.read(
                admitted.raw,
                source,
                content_type=admitted.content_type or request.content_type,
                now=now,
                delivery_id=admitted.delivery_id,
            )
        except signature.SignatureInvalidError:
            return _answer(401, {"error": "invalid signature"}), "invalid_signature"
        except IgnoredEventError as event:
            self._log.info("event_ignored", source=source.name, reason=str(event))
            return _answer(200, {"status": "ignored"}), "ignored"
        except VendorUnavailableError as error:
            self._log.error("vendor_unavailable", source=source.name, error=str(error))
            return _later()
        return await self._remember(mail)

    async def _admit(
        self, raw: bytes, headers: Mapping[str, str], source: WebhookSource, now: datetime
    ) -> Admitted:
        provider = source.provider
        if isinstance(provider, OnlineProvider):
            return await provider.admit(raw, headers, source.secrets, now=now, vendor=self._vendor)
        authenticate = partial(provider.authenticate, raw, headers, source.secrets, now=now)
        is_large = len(raw) >= received.LARGE
        return Admitted(await asyncio.to_thread(authenticate) if is_large else authenticate(), raw)

    async def _remember(self, mail: ReceivedEmail) -> tuple[web.Response, str]:
        try:
            receipt = await self._writer.remember(mail)
        except StorageUnavailableError as error:
            self._log.error("mail_not_stored", trace_id=mail.trace_id, error=str(error))
            return _later()
        status = received.status(mail, receipt)
        # What becomes of an accepted mail is told by triage; one line more costs a tenth of the request.
        tell = self._log.debug if status == "accepted" else self._log.info
        tell("mail_received", trace_id=receipt.trace_id, source=mail.source, status=status)
        answer = {"trace_id": receipt.trace_id, "status": status}
        return _answer(202 if status == "unparseable" else 200, answer), status


def _later() -> tuple[web.Response, str]:
    return _answer(503, {"error": "try again later"}, {"Retry-After": _RETRY_AFTER_SECONDS}), "unavailable"


def _answer(status: int, body: dict[str, str], headers: dict[str, str] | None = None) -> web.Response:
    # As web.json_response, at a quarter of the price.
    return web.Response(body=to_json(body), status=status, headers=headers, content_type="application/json")
