from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.bot.sandbox import world

if TYPE_CHECKING:
    from bot.sandbox import SandboxSettings


@pytest.fixture
def slack(sandbox: Sandbox) -> AsyncWebClient:
    """Without the SDK's own retry after a broken connection."""
    return AsyncWebClient(world.BOT_TOKEN, base_url=sandbox.slack_api_url, retry_handlers=[])


async def texts(page: world.Page) -> list[str]:
    return [message["text"] for message in await page.messages("C0TECH")]


async def test_a_scripted_error_refuses_one_call(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page
) -> None:
    sandbox.fail_next("chat.postMessage", error="internal_error")
    assert await world.refusal(slack.chat_postMessage(channel="C0TECH", text="1")) == "internal_error"
    await slack.chat_postMessage(channel="C0TECH", text="2")
    assert await texts(page) == ["2"]


async def test_an_outcome_can_be_unknown_after_the_work_was_done(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page
) -> None:
    sandbox.fail_next("chat.postMessage", status=503, after_effect=True)
    sandbox.fail_next("chat.postMessage", after_effect=True)
    sandbox.fail_next("chat.postMessage")
    with pytest.raises(SlackApiError):
        await slack.chat_postMessage(channel="C0TECH", text="1")
    with pytest.raises(aiohttp.ClientError):
        await slack.chat_postMessage(channel="C0TECH", text="2")
    with pytest.raises(aiohttp.ClientError):
        await slack.chat_postMessage(channel="C0TECH", text="3")
    assert await texts(page) == ["1", "2"]


async def test_a_delay_alone_only_makes_the_call_late(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page
) -> None:
    sandbox.fail_next("chat.postMessage", delay=timedelta(milliseconds=1))
    await slack.chat_postMessage(channel="C0TECH", text="1")
    assert await texts(page) == ["1"]


async def test_the_ledger_tells_every_call_and_its_outcome(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    await slack.chat_postMessage(channel="C0TECH", text="1")
    await world.refusal(slack.chat_postMessage(channel="C0NONE", text="2"))
    assert [(call.method, call.args["channel"], call.ok, call.error) for call in sandbox.calls] == [
        ("chat.postMessage", "C0TECH", True, None),
        ("chat.postMessage", "C0NONE", False, "channel_not_found"),
    ]


async def test_one_message_a_second_a_channel(settings: SandboxSettings, clock: world.Clock) -> None:
    sandbox = Sandbox(dataclasses.replace(settings, rate_limited=True), now=clock)
    await sandbox.start()
    slack = AsyncWebClient(world.BOT_TOKEN, base_url=sandbox.slack_api_url)
    await slack.chat_postMessage(channel="C0TECH", text="1")
    await slack.chat_postMessage(channel="C0OPS", text="another channel")
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel="C0TECH", text="2")
    clock.advance(timedelta(seconds=1))
    await slack.chat_postMessage(channel="C0TECH", text="2")
    await sandbox.stop()
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "1"
