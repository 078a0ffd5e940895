"""`POST /api/replay`: replays stored mail for whoever holds the API token, and tells how far it is."""

from __future__ import annotations

import asyncio
import hmac
import json
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from pydantic import Field, ValidationError

from bot import config as config_module
from bot.config_types import Duration  # noqa: TC001 - pydantic reads the annotations
from bot.replaying import runner
from bot.replaying.result import Result
from bot.replaying.runner import Wish
from bot.telemetry import log
from bot.yaml_file import ConfigError
from routing.rules import QueueId  # noqa: TC001 - as above
from routing.strict import Strict
from storage.errors import StorageUnavailableError
from storage.replay_mails import Scope

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from pydantic import SecretStr

    from bot.replaying.runner import Progress
    from bot.services import Services

_BUSY_RETRY_SECONDS: Final = "30"
_DATABASE_RETRY_SECONDS: Final = "5"
_BETWEEN_LINES: Final = 0.25
"""Seconds; a line more often tells nobody more."""


class Request(Strict):
    """The body; all of it is optional."""

    since: Duration | None = None
    queue: QueueId | None = None
    intent: str | None = None
    limit: int | None = Field(default=None, ge=1)
    rules: str | None = None
    """A support.yaml to take the rules from; by default the one that is used."""


def routes(services: Services, token: SecretStr) -> list[web.RouteDef]:
    """The one route; leave it out where no token is set."""
    return [web.post("/api/replay", _Replays(services, token.get_secret_value()).post)]


class _Replays:
    """One at a time: a replay takes every core."""

    def __init__(self, services: Services, token: str) -> None:
        self._services = services
        self._token = token
        self._is_busy = False

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Authenticate, then read: nobody without the token makes us read a body."""
        if not self._is_authentic(request):
            return _error(401, "invalid token", {"WWW-Authenticate": "Bearer"})
        try:
            wish = await self._wish(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return _error(413, "the body is too large")
        except ValidationError as error:
            problems = error.errors(include_input=False, include_url=False, include_context=False)
            return _error(400, "; ".join(_explain(problem) for problem in problems))
        except ConfigError as error:
            return _error(400, str(error))
        if self._is_busy:
            return _error(429, "another replay is running", {"Retry-After": _BUSY_RETRY_SECONDS})
        self._is_busy = True
        try:
            return await self._replay(request, wish)
        finally:
            self._is_busy = False

    def _is_authentic(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        is_token = hmac.compare_digest(token.strip().encode(errors="replace"), self._token.encode())
        return is_token and scheme.lower() == "bearer"

    async def _replay(self, request: web.Request, wish: Wish) -> web.StreamResponse:
        async with aclosing(runner.run(self._services.storage, wish)) as steps:
            try:
                # The first step asks the database, while another answer than 200 is still possible.
                first = await anext(steps)
            except StorageUnavailableError:
                return _error(503, "try again later", {"Retry-After": _DATABASE_RETRY_SECONDS})
            return await self._stream(request, wish, first, steps)

    async def _wish(self, body: bytes) -> Wish:
        config = self._services.config
        known = {"queue": frozenset(config.queues)}
        asked = Request.model_validate_json(body or b"{}", context=known)
        if asked.rules is not None:
            config = await asyncio.to_thread(config_module.parse, asked.rules, name="rules")
        since = self._services.clock() - asked.since if asked.since else None
        scope = Scope(since=since, queue=asked.queue, intent=asked.intent)
        # Other rules are tried with the model of this desk: a request names no file of this machine.
        classifier = self._services.config.guesser
        return Wish(ruleset=config.ruleset(), scope=scope, limit=asked.limit, classifier=classifier)

    async def _stream(
        self, request: web.Request, wish: Wish, first: Progress, steps: AsyncGenerator[Progress]
    ) -> web.StreamResponse:
        """A client that goes away ends the replay at the next line."""
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "application/x-ndjson"
        await response.prepare(request)
        try:
            await _write(response, _progress(first))
            last = await _tell(response, first, steps)
            result = Result(
                report=last.report, ruleset=wish.ruleset.content_hash, done=last.done, planned=last.total
            )
            await response.write(f"{result.to_json()}\n".encode("utf-8", "replace"))
            await response.write_eof()
        except StorageUnavailableError as error:
            log.error("replay_stopped", error=str(error))
            await _write(response, {"error": "the database does not answer: try again later"})
        except ConnectionResetError:
            log.info("replay_abandoned")
        return response


async def _tell(response: web.StreamResponse, step: Progress, steps: AsyncGenerator[Progress]) -> Progress:
    """Write now and then how far it is; gives the last step."""
    told_at = monotonic()
    async for step in steps:  # noqa: PLR1704 - the first one is the last where no other follows
        if monotonic() - told_at >= _BETWEEN_LINES:
            told_at = monotonic()
            await _write(response, _progress(step))
    return step


def _progress(step: Progress) -> dict[str, Any]:
    return {"progress": {"done": step.done, "total": step.total}}


async def _write(response: web.StreamResponse, line: dict[str, Any]) -> None:
    await response.write(json.dumps(line).encode() + b"\n")


def _explain(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))
    return ": ".join(filter(None, (place, problem["msg"])))


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": message}, status=status, headers=headers)
