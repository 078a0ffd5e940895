"""Files of the workspace: the address that takes the bytes of one, and the download of it.

Source: docs.slack.dev/messaging/working-with-files.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from bot.sandbox import cast

if TYPE_CHECKING:
    from bot.sandbox.controls import Failures
    from bot.sandbox.slack import Slack
    from bot.sandbox.store import Json
    from bot.sandbox.workspace import Workspace

# Whatever is in a file, no browser opens it as a page of this server.
_HOSTILE = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def announce(workspace: Workspace, *, name: str, size: int) -> Json:
    """Make room for a file; its `ticket` opens the address for its bytes."""
    file: Json = {
        "id": workspace.new_id("F"),
        "ticket": secrets.token_urlsafe(24),
        "name": name,
        "title": name,
        "size": size,
        "created": int(workspace.now().timestamp()),
        "is_shared": False,
        "content": None,
    }
    await workspace.store.put("file", file["id"], file)
    return file


def public(slack: Slack, file: Json) -> Json:
    """The file object as an app sees it (docs.slack.dev/reference/objects/file-object)."""
    named = {name: file[name] for name in ("id", "name", "title", "size", "created")}
    url = f"http://{slack.address}/sandbox/files/{file['id']}"
    return named | {"user": cast.BOT_USER_ID, "url_private": url, "url_private_download": url}


class Uploads:
    """Takes bytes and gives them back."""

    def __init__(self, slack: Slack, failures: Failures) -> None:
        self._store = slack.workspace.store
        self._failures = failures

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post("/upload/v1/{ticket}", self._take),
            web.get("/sandbox/files/{file}", self._give),
        ]

    async def _take(self, request: web.Request) -> web.Response:
        if failure := self._failures.take("upload"):
            return web.Response(status=failure.status or 500, text="upstream failure")
        ticket = request.match_info["ticket"]
        file = next((each for each in self._store.all("file") if each["ticket"] == ticket), None)
        if file is None or file["is_shared"]:
            raise web.HTTPNotFound(text="There is no such upload.")
        body = await request.read()
        if len(body) != file["size"]:
            raise web.HTTPBadRequest(text=f"{file['size']} bytes were announced, {len(body)} came.")
        await self._store.put("file", file["id"], file | {"content": base64.b64encode(body).decode()})
        return web.Response(text=f"OK - {len(body)}")

    async def _give(self, request: web.Request) -> web.Response:
        file = self._store.get("file", request.match_info["file"])
        if file is None or not file["is_shared"]:
            raise web.HTTPNotFound(text="There is no such file.")
        name = quote(file["name"].encode(errors="replace"), safe="")
        headers = _HOSTILE | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return web.Response(body=base64.b64decode(file["content"]), headers=headers)
