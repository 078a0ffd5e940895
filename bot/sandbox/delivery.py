"""Brings interactions, commands and events to the bot: over its open socket, else by signed HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from bot.sandbox import signing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.settings import SandboxSettings
    from bot.sandbox.socket_mode import SocketMode
    from bot.sandbox.store import Json

INTERACTIVE = "interactive"
COMMAND = "slash_commands"
EVENT = "events_api"

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What the bot said within its three seconds."""

    body: Any = None
    """Parsed JSON, or text, or None where the bot only acknowledged."""
    error: str | None = None
    """Slack's word for a failed delivery: `operation_timeout` or `dispatch_failed`."""

    @property
    def fields(self) -> Json:
        """The body where it is a JSON object, else nothing."""
        return self.body if isinstance(self.body, dict) else {}


class Delivery:
    """The way from the workspace to the bot."""

    def __init__(
        self,
        *,
        settings: SandboxSettings,
        sockets: SocketMode,
        http: httpx.AsyncClient,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._sockets = sockets
        self._http = http
        self._now = now
        self.bot_url = settings.bot_url

    async def send(self, kind: str, payload: Json, *, retry_num: int = 0) -> Answer:
        """Deliver once; the caller decides what a failure means to the person."""
        if self._sockets.is_connected:
            return await self._by_socket(kind, payload, retry_num)
        return await self._by_http(kind, payload, retry_num)

    async def _by_socket(self, kind: str, payload: Json, retry_num: int) -> Answer:
        retry = {"retry_attempt": retry_num, "retry_reason": "timeout"} if retry_num else {}
        try:
            body = await self._sockets.send(kind, payload, ack_within=self._settings.ack_timeout, **retry)
        except TimeoutError:
            return Answer(error="operation_timeout")
        except ConnectionError:
            return Answer(error="dispatch_failed")
        return Answer(body=body or None)

    async def _by_http(self, kind: str, payload: Json, retry_num: int) -> Answer:
        content, content_type = _encoded(kind, payload)
        secret, timestamp = self._settings.signing_secret, int(self._now().timestamp())
        headers = signing.slack_headers(content, secret=secret, timestamp=timestamp)
        headers["Content-Type"] = content_type
        if retry_num:
            headers |= {"X-Slack-Retry-Num": str(retry_num), "X-Slack-Retry-Reason": "http_timeout"}
        timeout = self._settings.ack_timeout.total_seconds()
        url = f"{self.bot_url}/slack/events"
        try:
            response = await self._http.post(url, content=content, headers=headers, timeout=timeout)
        except httpx.TimeoutException:
            return Answer(error="operation_timeout")
        except (httpx.TransportError, httpx.InvalidURL):
            return Answer(error="dispatch_failed")
        return Answer(body=_body(response), error=None if response.is_success else "dispatch_failed")


def _encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == EVENT:
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), _FORM


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text.strip() or None
