"""Socket Mode: the app calls in, and takes over the WebSocket what it would get by HTTP.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bot.sandbox import cast

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.sandbox.store import Json


class SocketMode:
    """The app's open connections, and the envelopes that wait for an acknowledgement."""

    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def is_connected(self) -> bool:
        return bool(self._connections)

    def new_ticket(self) -> str:
        """Good for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_auth"}, status=401)
        self._tickets.discard(ticket)
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        self._connections.append(connection)
        try:
            await connection.send_json(self._hello())
            await self._read(connection)
        finally:
            self._connections.remove(connection)
        return connection

    async def send(self, kind: str, payload: Json, *, ack_within: timedelta, **fields: object) -> Any:
        """Deliver an envelope on the newest connection; the payload of its acknowledgement comes back.

        Raises:
            TimeoutError: Nothing was acknowledged in time.
        """
        envelope_id = str(uuid.uuid4())
        acknowledged = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acknowledged
        accepts = {"accepts_response_payload": kind != "events_api"}
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload} | accepts | fields
        try:
            async with asyncio.timeout(ack_within.total_seconds()):
                await self._connections[-1].send_json(envelope)
                return await acknowledged
        finally:
            del self._waiting[envelope_id]

    async def close(self) -> None:
        for connection in list(self._connections):
            await connection.close()

    async def _read(self, connection: web.WebSocketResponse) -> None:
        async for frame in connection:
            if frame.type is not WSMsgType.TEXT:
                continue
            ack = json.loads(frame.data)
            waiting = self._waiting.get(ack.get("envelope_id", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(ack.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": cast.APP_ID},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
        }
