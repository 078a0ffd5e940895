from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.sandbox import world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox import Sandbox


@pytest.fixture
async def connected(sandbox: Sandbox, bot: world.Bot) -> AsyncIterator[world.Bot]:
    """The bot on its socket; its HTTP address leads nowhere."""
    sandbox.bot_url = "http://127.0.0.1:9"
    handler = AsyncSocketModeHandler(
        bot.bolt, world.APP_TOKEN, web_client=bot.bolt.client, ping_interval=0.05
    )
    await handler.connect_async()
    yield bot
    await handler.close_async()


async def test_presses_commands_and_events_come_over_the_socket(
    slack: AsyncWebClient, page: world.Page, connected: world.Bot
) -> None:
    seen: list[str] = []

    @connected.bolt.action("claim")
    async def _claim(ack: Any) -> None:
        await ack()
        seen.append("claim")

    @connected.bolt.command("/support")
    async def _support(ack: Any) -> None:
        await ack("Here is help")

    @connected.bolt.event("app_home_opened")
    async def _opened() -> None:
        seen.append("home")

    blocks = world.card(world.button("claim"))
    ts = (await slack.chat_postMessage(channel="C0BILLING", text="x", blocks=blocks))["ts"]
    assert await page.press("U0ANA", ts, "claim") == {"ok": True}
    assert await page.post("command", {"user": "U0ANA", "channel": "C0OPS", "text": "/support"}) == {
        "ok": True
    }
    assert await page.post("home", {"user": "U0ANA"}) == {"ok": True}
    assert seen == ["claim", "home"]
    assert [each["text"] for each in await page.messages("C0OPS")] == ["Here is help"]


async def test_a_submission_is_answered_in_the_acknowledgement(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page, connected: world.Bot
) -> None:
    @connected.bolt.view("escalate")
    async def _refuse(ack: Any) -> None:
        await ack(response_action="errors", errors={"reason": "Say more."})

    trigger_id = sandbox.slack.triggers.issue("U0ANA")
    view = (await slack.views_open(trigger_id=trigger_id, view=world.modal()))["view"]
    values = {"reason": {"text": {"type": "plain_text_input", "value": "x"}}}
    await page.post("submit", {"user": "U0ANA", "view_id": view["id"], "values": values})
    (shown,) = (await page.state())["views"]["U0ANA"]
    assert shown["errors"] == {"reason": "Say more."}


async def test_only_the_app_token_opens_a_connection(sandbox: Sandbox) -> None:
    client = AsyncWebClient(world.BOT_TOKEN, base_url=sandbox.slack_api_url)
    opened = client.apps_connections_open(app_token=world.BOT_TOKEN)
    assert await world.refusal(opened) == "invalid_auth"


async def test_a_ticket_is_good_for_one_connection(sandbox: Sandbox, page: world.Page) -> None:
    answer = await page.client.get(sandbox.slack_api_url.replace("/api/", "/link?ticket=made-up"))
    assert answer.status_code == 401
