"""What the tests of the sandbox put around it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import httpx

SIGNING_SECRET = "signing-secret"
BOT_TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
WEBHOOK_SECRET = "webhook-secret"

Json = dict[str, Any]


class Clock:
    """The real time, until it is moved on; signatures need it to be near the truth."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, duration: timedelta) -> None:
        self._offset += duration


class Page:
    """The page's requests."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, deed: str, body: Json | None = None) -> Json:
        answer: Json = (await self.client.post(f"{self.client.base_url}{deed}", json=body or {})).json()
        return answer

    async def state(self) -> Json:
        state: Json = (await self.client.get(f"{self.client.base_url}state")).json()
        return state

    async def messages(self, channel: str) -> list[Json]:
        messages: list[Json] = (await self.state())["messages"][channel]
        return messages

    async def press(self, user: str, ts: str, action_id: str, *, channel: str = "C0BILLING") -> Json:
        body = {"user": user, "channel": channel, "ts": ts, "action": {"action_id": action_id}}
        return await self.post("action", body)


class Bot:
    """A Bolt app behind `/slack/events`, and a webhook that keeps what it gets."""

    def __init__(self, slack_api_url: str) -> None:
        client = AsyncWebClient(BOT_TOKEN, base_url=slack_api_url)
        self.bolt = AsyncApp(signing_secret=SIGNING_SECRET, client=client, process_before_response=True)
        self.mails: list[tuple[dict[str, str], bytes]] = []
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/slack/events", self._slack)
        app.router.add_post("/webhooks/mailparse", self._mail)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _slack(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self.bolt.async_dispatch(await to_bolt_request(request)))

    async def _mail(self, request: web.Request) -> web.Response:
        self.mails.append((dict(request.headers), await request.read()))
        return web.json_response({"trace_id": f"trace-{len(self.mails)}"}, status=202)


async def refusal(call: Awaitable[object]) -> str:
    """The error code that a Web API call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, **fields: object) -> Json:
    return {"type": "button", "text": plain("Claim"), "action_id": action_id, **fields}


def card(*buttons: Json) -> list[Json]:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "A ticket"}}
    return [section, {"type": "actions", "block_id": "ticket", "elements": list(buttons)}]


def text_input(block_id: str, **fields: object) -> Json:
    element = {"type": "plain_text_input", "action_id": "text"}
    return {"type": "input", "block_id": block_id, "label": plain("Reason"), "element": element, **fields}


def modal(*blocks: Json, **fields: object) -> Json:
    return {
        "type": "modal",
        "callback_id": "escalate",
        "title": plain("Escalate"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [text_input("reason")],
        **fields,
    }
