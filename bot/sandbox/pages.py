"""The page at /sandbox and the few requests that it makes."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web
from pydantic import ValidationError

from bot.sandbox import deeds, samples, snapshot
from bot.sandbox.errors import DeliveryError, MethodError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.server import Sandbox
    from bot.sandbox.store import Json

STATIC = Path(__file__).parent / "static"
PING_SECONDS = 15
COALESCE_SECONDS = 0.1
PARALLEL_MAILS = 4

D = TypeVar("D", bound=deeds.Deed)


class Pages:
    """Routes of the page; each POST is one thing that a person does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._store = sandbox.slack.workspace.store

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._redirect),
            web.get("/archives/{channel}/{message}", self._redirect),
            web.get("/sandbox", self._index),
            web.get("/sandbox/state", self._state),
            web.get("/sandbox/events", self._events),
            web.static("/sandbox/static", STATIC),
            _post("action", deeds.Press, self._press),
            _post("submit", deeds.Submit, self._submit),
            _post("close", deeds.Close, self._close),
            _post("command", deeds.Command, self._command),
            _post("message", deeds.Say, self._say),
            _post("home", deeds.Home, self._home),
            _post("mail", deeds.Draft, self._mail),
            _post("burst", deeds.Nothing, self._burst),
            _post("reset", deeds.Nothing, self._reset),
        ]

    async def _redirect(self, _request: web.Request) -> web.Response:
        raise web.HTTPFound("/sandbox")

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(snapshot.of(self._sandbox.slack, self._sandbox.mailbox))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one `change` for all changes of a tenth of a second, else a `ping`."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        # A page that is closed, maybe before it had an answer, shows at the next write only.
        with suppress(ConnectionResetError):
            await stream.prepare(request)
            await self._tell(stream)
        return stream

    async def _tell(self, stream: web.StreamResponse) -> None:
        seen = -1
        while not self._store.is_closed:
            event = "ping"
            if await self._is_newer(seen):
                seen, event = self._store.version, "change"
            data = json.dumps({"version": self._store.version})
            await stream.write(f"event: {event}\ndata: {data}\n\n".encode())
            await asyncio.sleep(COALESCE_SECONDS)

    async def _is_newer(self, seen: int) -> bool:
        try:
            await asyncio.wait_for(self._store.wait_newer(seen), PING_SECONDS)
        except TimeoutError:
            return False
        return True

    async def _press(self, deed: deeds.Press) -> None:
        interactions, used = self._sandbox.interactions, {"action": deed.action, "state": deed.state or {}}
        if deed.view_id is not None:
            await interactions.press_in_view(user_id=deed.user, view_id=deed.view_id, **used)
        else:
            await interactions.press_in_message(
                user_id=deed.user, channel_id=deed.channel, ts=deed.ts, **used
            )

    async def _submit(self, deed: deeds.Submit) -> None:
        await self._sandbox.submissions.submit(user_id=deed.user, view_id=deed.view_id, values=deed.values)

    async def _close(self, deed: deeds.Close) -> None:
        view = {"user_id": deed.user, "view_id": deed.view_id}
        await self._sandbox.submissions.close(**view, whole_stack=deed.all)

    async def _command(self, deed: deeds.Command) -> None:
        await self._sandbox.commands.run(user_id=deed.user, channel_id=deed.channel, line=deed.text)

    async def _say(self, deed: deeds.Say) -> None:
        say = self._sandbox.commands.say
        await say(user_id=deed.user, channel_id=deed.channel, text=deed.text, thread_ts=deed.thread_ts)

    async def _home(self, deed: deeds.Home) -> None:
        answer = await self._sandbox.events.open_home(deed.user)
        if answer.error is not None:
            raise DeliveryError(answer.error, f"Deskbell did not respond ({answer.error}).")

    async def _mail(self, draft: deeds.Draft) -> Json:
        return {"mail": await self._sandbox.composer.send(draft)}

    async def _burst(self, _deed: deeds.Nothing) -> Json:
        waiting = samples.burst()
        count = len(waiting)

        async def send_some() -> None:
            while waiting:
                await self._sandbox.composer.send(waiting.pop(0))

        await asyncio.gather(*(send_some() for _ in range(PARALLEL_MAILS)))
        return {"count": count}

    async def _reset(self, _deed: deeds.Nothing) -> None:
        await self._sandbox.reset()


def _post(name: str, kind: type[D], act: Callable[[D], Awaitable[Json | None]]) -> web.RouteDef:
    """A route that reads one kind of deed, does it, and says how it went."""

    async def handle(request: web.Request) -> web.Response:
        try:
            deed = kind.model_validate_json(await request.read() or b"{}")
            result = await act(deed)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            return web.json_response({"ok": False, "error": f"invalid_request: {where}"}, status=400)
        except MethodError as error:
            return web.json_response({"ok": False, "error": str(error)})
        return web.json_response({"ok": True, **(result or {})})

    return web.post(f"/sandbox/{name}", handle)
