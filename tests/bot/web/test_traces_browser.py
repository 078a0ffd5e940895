"""Hostile mail in a real browser: nothing runs, nothing is loaded from outside."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright

from tests.bot.web import samples
from tests.bot.web.vectors import VECTORS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Dialog, Page

    from bot.web.trace_view import Trace
    from tests.bot.web.conftest import TraceDesk

pytestmark = pytest.mark.browser

_EVIL = "evil.test"
_SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    "--host-resolver-rules=MAP *.example ~NOTFOUND",
)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = pytest.fail if os.environ.get("DESKBELL_REQUIRE_SERVERS") == "1" else pytest.skip
        missing("chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(_SWITCHES))
        yield await browser.new_page()
        await browser.close()


def _watch(page: Page) -> tuple[list[str], set[str]]:
    """Messages of dialogs, and hosts that the page asks."""
    dialogs: list[str] = []
    hosts: set[str] = set()

    async def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or "data"))
    return dialogs, hosts


def _hostile(trace_id: str, vector: str) -> Trace:
    mail = samples.email(html=vector, text=vector, subject=vector, headers=(("X-Vector", vector),))
    return samples.trace(trace_id=trace_id, email=mail, raw=vector.encode())


async def test_no_vector_runs_or_loads_anything_in_the_mail(desk: TraceDesk, page: Page) -> None:
    dialogs, hosts = _watch(page)
    for number, vector in enumerate(VECTORS):
        desk.add(_hostile(f"t{number}", vector))
        await page.goto(desk.link(f"t{number}", "/body.html"))
    assert dialogs == []
    assert hosts == {"127.0.0.1"}


async def test_no_vector_runs_or_loads_anything_on_the_page(desk: TraceDesk, page: Page) -> None:
    dialogs, hosts = _watch(page)
    await page.goto(desk.add(_hostile("t", "<p>next</p>".join(VECTORS))), wait_until="networkidle")
    assert dialogs == []
    assert hosts == {"127.0.0.1"}


async def test_agents_switch_between_the_views_and_copy_the_json(desk: TraceDesk, page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    await page.goto(desk.link(samples.TRACE_ID))
    frame = page.frame_locator("iframe")
    assert await frame.get_by_role("link", name="my statement").is_visible()
    await page.get_by_text("Text", exact=True).click()
    assert await page.locator("pre.plain").is_visible()
    assert not await page.locator("iframe").is_visible()
    await page.locator(".stored button").click()
    await page.get_by_role("button", name="Copied").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == samples.trace().raw.decode()
    assert problems == []


async def test_remote_pictures_are_loaded_in_the_frame_only_when_somebody_asks(
    desk: TraceDesk, page: Page
) -> None:
    _, hosts = _watch(page)
    remote = (
        f'<p>Hello</p><img src="https://pictures.example/a.png"><script src="https://{_EVIL}/a.js"></script>'
    )
    address = desk.add(samples.trace(email=samples.email(html=remote)))
    await page.goto(address)
    frame = page.frame_locator("iframe.framed")
    await frame.get_by_text("Hello").wait_for()
    assert hosts == {"127.0.0.1"}

    async with page.expect_event("requestfailed") as failed:
        await frame.get_by_role("link", name="Load them").click()
    request = await failed.value
    assert request.url == "https://pictures.example/a.png"
    assert request.failure == "net::ERR_NAME_NOT_RESOLVED", "the policy let it go; there just is no such host"
    assert not (await request.all_headers()).get("referer")
    assert hosts == {"127.0.0.1", "pictures.example"}
    assert page.url == address
