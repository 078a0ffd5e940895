"""A sandbox that listens on loopback, and the clients that people, the bot and the page are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, SandboxSettings
from tests.bot.sandbox import world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def ack_timeout() -> timedelta:
    """Overridden where the bot is to be late."""
    return timedelta(seconds=3)


@pytest.fixture
def settings(tmp_path: Path, ack_timeout: timedelta) -> SandboxSettings:
    return SandboxSettings(
        data_dir=tmp_path,
        signing_secret=world.SIGNING_SECRET,
        bot_token=world.BOT_TOKEN,
        app_token=world.APP_TOKEN,
        webhook_secret=world.WEBHOOK_SECRET,
        ack_timeout=ack_timeout,
    )


@pytest.fixture
def clock() -> world.Clock:
    return world.Clock()


@pytest.fixture
async def sandbox(settings: SandboxSettings, clock: world.Clock) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(settings, now=clock)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def slack(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(world.BOT_TOKEN, base_url=sandbox.slack_api_url)


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[world.Page]:
    async with httpx.AsyncClient(base_url=sandbox.page_url, trust_env=False) as client:
        yield world.Page(client)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[world.Bot]:
    """A small bot on the real Bolt, reached over HTTP; its listeners are added by the tests."""
    bot = world.Bot(sandbox.slack_api_url)
    sandbox.bot_url = await bot.start()
    yield bot
    await bot.stop()
