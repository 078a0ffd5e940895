"""response_url: where the bot answers an interaction for half an hour, at most five times.

Source: docs.slack.dev/interactivity/handling-user-interaction.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox import cast
from bot.sandbox.errors import MethodError
from bot.sandbox.methods import chat
from bot.sandbox.store import json_object

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json

USES = 5
LIFETIME = timedelta(minutes=30)


class ResponseUrls:
    """Issues the addresses and does what is posted to them."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self._store = slack.workspace.store

    async def issue(self, *, user_id: str, channel_id: str, message: Json | None = None) -> str:
        token = secrets.token_urlsafe(24)
        expires_at = self._workspace.now() + LIFETIME
        source = {"ts": message["ts"], "thread_ts": message.get("thread_ts")} if message else {}
        grant = {
            "user": user_id,
            "channel": channel_id,
            "expires_at": expires_at.isoformat(),
            "uses": 0,
            **source,
        }
        await self._store.put("response_url", token, grant)
        return f"http://{self._slack.address}/response/{token}"

    async def handle(self, request: web.Request) -> web.Response:
        try:
            grant = await self._use(request.match_info["token"])
            await self.respond(grant, json_object(await request.read()))
        except MethodError as error:
            status = 404 if error.code in {"expired_url", "used_url"} else 400
            return web.json_response({"ok": False, "error": error.code, **error.extra}, status=status)
        return web.json_response({"ok": True})

    async def respond(self, grant: Json, body: Json) -> None:
        """Show an answer where the interaction was; only to its person, unless it says `in_channel`.

        Raises:
            MethodError: What chat.postMessage would refuse.
        """
        source = self._workspace.message(grant["channel"], grant.get("ts", ""))
        if body.get("delete_original"):
            if source is not None:
                await self._workspace.remove(source)
            return
        content = chat.content_of(body)
        if body.get("replace_original") and source is not None:
            await self._workspace.save(
                source | content | {"edited": {"user": cast.BOT_USER_ID, "ts": source["ts"]}}
            )
            return
        is_public = body.get("response_type") == "in_channel"
        await self._workspace.say(
            grant["channel"],
            user=cast.BOT_USER_ID,
            thread_ts=body.get("thread_ts") or grant.get("thread_ts"),
            ephemeral_to=None if is_public else grant["user"],
            **content,
        )

    async def _use(self, token: str) -> Json:
        grant = self._store.get("response_url", token)
        if grant is None or self._workspace.now() >= datetime.fromisoformat(grant["expires_at"]):
            raise MethodError("expired_url")
        if grant["uses"] >= USES:
            raise MethodError("used_url")
        used = grant | {"uses": grant["uses"] + 1}
        await self._store.put("response_url", token, used)
        return used
