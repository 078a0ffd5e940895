"""Stand-ins for services that call people: each checks what its vendor documents, and keeps its alerts as it does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

CALLING, TAKEN, CLOSED = "calling", "taken", "closed"
LOST: Final = "lost"
"""The request arrives and is obeyed; then the connection breaks."""
LATE: Final = "late"
"""The request arrives and is obeyed; no answer ever comes."""


class PagerServer:
    """What all of them have in common."""

    secret = ""

    def __init__(self) -> None:
        self.url = ""
        self.alerts: dict[str, str] = {}
        """How things stand, by the key of the alert."""
        self.opened: list[dict[str, Any]] = []
        """What every alert said when it was opened: people were called so many times."""
        self.told: list[tuple[str, str]] = []
        """Every action and key that arrived, as often as it did."""
        self.troubles: list[web.Response | str] = []
        """What happens first, one each: an answer in place of the real one, LOST or LATE."""
        self._end = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def trigger(self, key: str, alert: dict[str, Any]) -> None:
        self.told.append(("trigger", key))
        if self.alerts.get(key) not in {CALLING, TAKEN}:
            self.alerts[key] = CALLING
            self.opened.append(alert)

    def change(self, action: str, key: str, state: str) -> None:
        """An alert that is not there, or is closed, stays so."""
        self.told.append((action, key))
        if self.alerts.get(key) in {CALLING, TAKEN}:
            self.alerts[key] = state

    @web.middleware
    async def troubled(self, request: web.Request, handler: Any) -> web.StreamResponse:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, web.Response):
            return trouble
        answer: web.StreamResponse = await handler(request)
        if trouble == LATE:
            await self._end.wait()
        if trouble == LOST:
            assert request.transport is not None
            request.transport.abort()
        return answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        application = web.Application(middlewares=[self.troubled])
        application.add_routes(self.routes())
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            self._end.set()
            await runner.cleanup()


class PagerDutyServer(PagerServer):
    """`POST /v2/enqueue` of the Events API v2."""

    secret = "0123456789abcdef0123456789abcdef"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v2/enqueue", self._enqueue)]

    async def _enqueue(self, request: web.Request) -> web.Response:
        event = await request.json()
        errors = list(self._errors(event))
        if errors:
            return web.json_response({"status": "invalid event", "errors": errors}, status=400)
        key, action = event["dedup_key"], event["event_action"]
        if action == "trigger":
            self.trigger(key, event)
        else:
            self.change(action, key, TAKEN if action == "acknowledge" else CLOSED)
        answer = {"status": "success", "message": "Event processed", "dedup_key": key}
        return web.json_response(answer, status=202)

    def _errors(self, event: dict[str, Any]) -> list[str]:
        known = {"routing_key", "event_action", "dedup_key", "payload", "links", "images"}
        known |= {"client", "client_url"}
        payload = event.get("payload", {})
        is_trigger = event.get("event_action") == "trigger"
        checks = {
            "routing_key": event.get("routing_key") == self.secret,
            "event_action": event.get("event_action") in {"trigger", "acknowledge", "resolve"},
            "dedup_key": 1 <= len(event.get("dedup_key", "")) <= 255,
            "summary": not is_trigger or 1 <= len(payload.get("summary", "")) <= 1024,
            "severity": not is_trigger or payload.get("severity") in {"critical", "error", "warning", "info"},
            "source": not is_trigger or bool(payload.get("source")),
            "links": all(set(link) == {"href", "text"} for link in event.get("links", [])),
            "keys": set(event) <= known,
        }
        return [name for name, is_right in checks.items() if not is_right]


class JsmServer(PagerServer):
    """`/v2/alerts` of JSM Operations and Opsgenie; what an alias points at is found later, so it is never 404."""

    secret = "00000000-1111-2222-3333-444444444444"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/alerts", self._create),
            web.post("/v2/alerts/{alias}/{action:acknowledge|close}", self._change),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        alert = await request.json()
        checks = (
            1 <= len(alert.get("message", "")) <= 130,
            1 <= len(alert.get("alias", "")) <= 512,
            len(alert.get("description", "")) <= 15_000,
            len(alert.get("source", "")) <= 100,
            alert.get("priority") in {"P1", "P2", "P3", "P4", "P5"},
            all(isinstance(value, str) for value in alert.get("details", {}).values()),
            set(alert) <= {"message", "alias", "description", "source", "priority", "details"},
        )
        if (refusal := self._refusal(request)) or not all(checks):
            return refusal or web.json_response({"message": "Request body is not processable"}, status=422)
        self.trigger(alert["alias"], alert)
        return web.json_response({"result": "Request will be processed", "requestId": "1"}, status=202)

    async def _change(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refusal := self._refusal(request):
            return refusal
        is_sound = len(body.get("user", "")) <= 100 and set(body) <= {"source", "user", "note"}
        if request.query.get("identifierType") != "alias" or not is_sound:
            return web.json_response({"message": "Request body is not processable"}, status=422)
        action = request.match_info["action"]
        self.change(action, request.match_info["alias"], TAKEN if action == "acknowledge" else CLOSED)
        return web.json_response({"result": "Request will be processed", "requestId": "1"}, status=202)

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"GenieKey {self.secret}":
            return None
        return web.json_response({"message": "Could not authenticate"}, status=401)


class WebhookServer(PagerServer):
    """A receiver of Standard Webhooks that obeys each id once."""

    secret = "whsec_" + base64.b64encode(b"key of the webhook receiver").decode()

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = now
        self.ids: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/pages", self._receive)]

    async def _receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not self._is_signed(request, raw):
            return web.Response(status=401)
        delivery_id = request.headers["webhook-id"]
        is_new = delivery_id not in self.ids
        self.ids.append(delivery_id)
        if is_new:
            self._obey(await request.json())
        return web.Response(status=204)

    def _is_signed(self, request: web.Request, raw: bytes) -> bool:
        delivery_id, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{delivery_id}.{at}.".encode() + raw, hashlib.sha256).digest()
        expected = f"v1,{base64.b64encode(digest).decode()}"
        is_timely = abs(self._now.timestamp() - int(at)) <= 300
        return is_timely and expected in request.headers["webhook-signature"].split()

    def _obey(self, body: dict[str, Any]) -> None:
        action, key = body["event"].removeprefix("page."), body["dedup_key"]
        if action == "trigger":
            self.trigger(key, body)
        else:
            self.change(action, key, {"acknowledge": TAKEN, "resolve": CLOSED}[action])
