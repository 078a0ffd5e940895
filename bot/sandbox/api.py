"""`/api/{method}`: reads the arguments however they come, checks the token, and answers as Slack does."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox import methods
from bot.sandbox.controls import Call, Failure, Failures, RateLimit
from bot.sandbox.errors import MethodError
from bot.sandbox.store import json_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.settings import SandboxSettings
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

# Arguments that a form or a query string carries as JSON text.
_JSON_ARGUMENTS = ("blocks", "view", "metadata", "attachments")
_BEARER = "Bearer "


class Api:
    """The endpoint of the Web API, its ledger of calls and the failures that tests ask for."""

    def __init__(self, slack: Slack, settings: SandboxSettings, *, now: Callable[[], datetime]) -> None:
        self._slack = slack
        self._settings = settings
        self._now = now
        self._rate_limit = RateLimit(now=now) if settings.rate_limited else None
        self.failures = Failures()
        self.calls: list[Call] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            args, token = await _arguments(request)
        except MethodError as error:
            return web.json_response({"ok": False, "error": error.code})
        failure = self.failures.take(method) or Failure()
        if failure.delay:
            await asyncio.sleep(failure.delay.total_seconds())
        if failure.breaks and not failure.after_effect:
            self._note(method, args, error=failure.error or "broken")
            return _broken(request, failure)
        answer = await self._answer(method, args, token)
        return _broken(request, failure) if failure.breaks else answer

    async def _answer(self, method: str, args: Json, token: str) -> web.Response:
        try:
            self._authorise(method, token)
            if (seconds := self._seconds_to_wait(method, args)) > 0:
                self._note(method, args, error="ratelimited")
                headers = {"Retry-After": str(seconds)}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            result = await methods.BY_NAME[method](self._slack, args)
        except MethodError as error:
            self._note(method, args, error=error.code)
            return web.json_response({"ok": False, "error": error.code, **error.extra})
        self._note(method, args, error=None)
        return web.json_response({"ok": True, **result})

    def _authorise(self, method: str, token: str) -> None:
        if method not in methods.BY_NAME:
            raise MethodError("unknown_method", req_method=method)
        if method == "api.test":
            return
        if not token:
            raise MethodError("not_authed")
        is_app_method = method in methods.APP_TOKEN_METHODS
        if token != (self._settings.app_token if is_app_method else self._settings.bot_token):
            raise MethodError("invalid_auth")

    def _seconds_to_wait(self, method: str, args: Json) -> int:
        if self._rate_limit is None or method not in methods.PACED_METHODS:
            return 0
        return self._rate_limit.seconds_to_wait(str(args.get("channel")))

    def _note(self, method: str, args: Json, *, error: str | None) -> None:
        self.calls.append(Call(method, args, self._now(), error is None, error))


def _broken(request: web.Request, failure: Failure) -> web.Response:
    if failure.error is not None:
        return web.json_response({"ok": False, "error": failure.error}, status=failure.status or 200)
    if failure.status is None and request.transport is not None:
        request.transport.abort()
    return web.Response(status=failure.status or 500, text="upstream failure")


async def _arguments(request: web.Request) -> tuple[Json, str]:
    """The arguments and the token; slack_sdk sends reads as GET and much of the rest in the query string."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= json_object(await request.read())
    elif request.method == "POST":
        args |= {name: str(value) for name, value in (await request.post()).items()}
    for name in _JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            args[name] = _decoded(args[name])
    header = request.headers.get("Authorization", "")
    token = str(args.pop("token", "")) or header.removeprefix(_BEARER)
    return args, token


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
