"""Slack's HTTP edge: `/slack/events`.

Bolt does the work, but not the door: it answers 404 to a signed event that nobody listens to, which Slack counts
as a failure, 500 to a body that it cannot parse, before it has looked at the signature, and it runs a listener
again when Slack repeats an event. So the signature is checked first, here, and nothing is parsed before.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from bot.telemetry import log
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from bot.clock import Clock
    from storage.unit_of_work import Storage


def routes(app: AsyncApp, *, signing_secret: str, storage: Storage, clock: Clock) -> list[web.RouteDef]:
    edge = _SlackEdge(app, signing_secret, storage, clock)
    return [web.post("/slack/events", edge.receive)]


class _SlackEdge:
    def __init__(self, app: AsyncApp, signing_secret: str, storage: Storage, clock: Clock) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, clock=_VerifierClock(clock))
        self._storage = storage
        self._clock = clock

    async def receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not self._is_signed(raw, request):
            return web.Response(status=HTTPStatus.UNAUTHORIZED, text="invalid signature")
        body = raw.decode("utf-8", "replace")
        payload = _payload(body, request.content_type)
        if payload is None:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="the body cannot be read")
        if "event_id" in payload and not await self._is_new(str(payload["event_id"])):
            return web.Response()
        answer = await self._app.async_dispatch(
            AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
        )
        if answer.status == HTTPStatus.NOT_FOUND:
            log.info("slack_unhandled", type=payload.get("type"))
            return web.Response()
        return web.Response(
            status=answer.status, text=answer.body, headers={k: v[0] for k, v in answer.headers.items()}
        )

    def _is_signed(self, raw: bytes, request: web.Request) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):  # noqa: PLR2004 - enough for the next 30,000 years
            return False
        return self._verifier.is_valid(raw, timestamp, signature)

    async def _is_new(self, event_id: str) -> bool:
        """Slack repeats an event whose answer it did not hear; the database knows which were handled."""
        try:
            async with self._storage.unit_of_work() as uow:
                is_new = await uow.slack_events.is_new(event_id, self._clock())
                await uow.commit()
        except StorageUnavailableError:
            return True  # better twice than not at all: the listeners bear a repetition
        return is_new


class _VerifierClock(SlackClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


def _payload(body: str, content_type: str) -> dict[str, Any] | None:
    """What Slack says, from any of its three shapes; None when it is none of them."""
    try:
        if content_type == "application/json":
            parsed = json.loads(body)
        else:
            form = {key: values[0] for key, values in parse_qs(body).items()}
            parsed = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) and parsed else None
