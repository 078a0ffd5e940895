"""The main job as people see it: a real browser on the sandbox page, a real desk behind it."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests import desk as desk_module
from tests import servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Route

    from bot.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ANA, BO, KIM = "persona-U0ANA", "persona-U0BO", "persona-U0ONCALL"


@dataclass(kw_only=True)
class Window:
    """One browser window on the sandbox page, and hands to use it."""

    page: Page
    faults: list[str] = field(default_factory=list)
    """What the page complained about in the console."""

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def at(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    async def click(self, *names: str) -> None:
        for name in names:
            await self.at(name).click()

    def message(self, *words: str) -> Locator:
        """The one message of the open conversation that holds all of these words."""
        found = self.at("message")
        for each in words:
            found = found.filter(has_text=each)
        return found

    def button(self, name: str, *, of: str = "DB-1001") -> Locator:
        """A button of a ticket's card."""
        return self.message(f"{of} ·").get_by_role("button", name=name, exact=True)

    async def send(self, sample: str) -> None:
        """Write to the desk as the customer of a sample mail."""
        await self.click("mail-compose", f"sample-{sample}", "send-mail")

    async def answer(self, words: str) -> None:
        """Press Reply on the card, write, look at the preview and send."""
        await self.button("Reply").click()
        await self.page.get_by_label("Your answer").fill(words)
        await self.click("modal-submit")
        await expect(self.at("modal")).to_contain_text("Send this answer?")
        await self.picture("preview")
        await self.click("modal-submit")
        await expect(self.at("modal")).to_have_count(0)

    async def picture(self, name: str) -> None:
        """Keep what is seen, where DESKBELL_SCREENSHOTS names a folder for it."""
        folder = os.environ.get("DESKBELL_SCREENSHOTS")
        if folder:
            await self.page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=servers.chromium(), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A sandbox with a desk behind it whose links lead back to it, in the browser's event loop."""
    port = servers.free_port()
    links = {"port": port, "deskbell_public_url": f"http://127.0.0.1:{port}"}
    async with (
        desk_module.sandboxed(tmp_path) as sandbox,
        desk_module.running(sandbox, tmp_path, **links),
    ):
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Window]:
    async with opened(browser, sandbox) as window:
        yield window


@asynccontextmanager
async def opened(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Window]:
    """A window on the page; in the end nothing may have gone wrong in it."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    window = Window(page=page)
    page.on("console", lambda message: _note(message, window.faults))
    page.on("pageerror", lambda error: window.faults.append(str(error)))
    await page.goto(sandbox.page_url)
    yield window
    assert window.faults == []
    await page.close()


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    if message.type in {"error", "warning"}:
        faults.append(message.text)


async def test_a_mail_is_claimed_answered_and_answered_back(window: Window) -> None:
    await window.send("refund")
    await expect(window.message("DB-1001 · Refund for invoice INV-2041")).to_contain_text(
        "Waiting in Billing"
    )
    await window.picture("card-waiting")

    await window.button("Claim").click()
    await expect(window.message("DB-1001 ·")).to_contain_text("Claimed by @Ana")
    await window.answer("Hello Maria,\n\nthe second payment is on its way back to you.")
    await expect(window.message("DB-1001 ·").get_by_test_id("thread-open")).to_contain_text("1 reply")

    await window.click("mail-inbox")
    answer, acknowledgement = window.at("inbox-item").nth(0), window.at("inbox-item").nth(1)
    await expect(acknowledgement).to_contain_text("Re: Refund for invoice INV-2041 [DB-1001]")
    await answer.click()
    mail = window.page.frame_locator("iframe")
    await expect(mail.get_by_text("the second payment is on its way back to you.")).to_be_visible()
    await window.picture("answer-in-the-inbox")

    await window.click("mail-reply")
    await window.at("compose-text").fill("Thank you, it has arrived.")
    await window.click("send-mail")
    await window.message("DB-1001 ·").get_by_text("2 replies").click()
    await expect(window.at("thread-message").last).to_contain_text("Thank you, it has arrived.")
    await window.picture("thread")

    await window.click("thread-close")
    await window.button("Resolve").click()
    await expect(window.message("DB-1001 ·")).to_contain_text("Resolved by @Ana")
    await window.picture("card-resolved")


async def test_who_claims_too_late_is_told_privately_who_has_the_ticket(
    browser: Browser, sandbox: Sandbox, window: Window
) -> None:
    async with opened(browser, sandbox) as slow:
        await slow.click(BO)
        await window.send("refund")
        await expect(slow.button("Claim")).to_be_visible()
        may_load = asyncio.Event()
        await slow.page.route("**/sandbox/state", partial(_once, may_load))

        await window.button("Claim").click()
        await expect(window.message("DB-1001 ·")).to_contain_text("Claimed by @Ana")
        await slow.button("Claim").click()
        may_load.set()
        told = slow.message("Only visible to you", "@Ana claimed DB-1001 before you.")
        await expect(told).to_be_visible()
        await slow.picture("claimed-too-late")
        await expect(window.message("Only visible to you")).to_have_count(0)


async def _once(gate: asyncio.Event, route: Route) -> None:
    """Let a request through when the gate opens."""
    await gate.wait()
    await route.continue_()


async def test_on_call_is_paged_and_the_card_says_who_took_it(window: Window) -> None:
    await window.send("outage")
    await window.click("channel-tech")
    await window.button("Escalate").click()
    await window.page.get_by_label("What is wrong?").fill("Nobody can pay.")
    await window.page.get_by_label("Urgent: needs a person now").check()
    await window.picture("escalate")
    await window.click("modal-submit")
    await expect(window.message("DB-1001 ·")).to_contain_text("Escalated to @Kim")

    await expect(window.at(KIM).get_by_label("has unread messages")).to_be_visible()
    await window.click(KIM)
    page = window.message("DB-1001 ·", "Nobody can pay.")
    await window.picture("paged")
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page).to_contain_text("Acknowledged by @Kim")
    await window.click("channel-tech")
    await expect(window.message("DB-1001 ·")).to_contain_text("Acknowledged by @Kim")
    await window.picture("card-escalated")


async def test_a_reassigned_card_moves_and_the_old_channel_says_where(window: Window) -> None:
    await window.send("refund")
    await window.button("Reassign").click()
    await window.page.get_by_label("Queue").select_option(label="Orders")
    await window.page.get_by_label("Person").select_option(label="Bo Lindqvist")
    await window.picture("reassign")
    await window.click("modal-submit")
    moved = window.message("moved to #orders by @Ana")
    await expect(moved).to_be_visible()
    await moved.get_by_role("button", name="#orders").click()
    await expect(window.message("DB-1001 ·")).to_contain_text("Claimed by @Bo")


async def test_the_trace_link_opens_the_stored_json(window: Window) -> None:
    await window.send("refund")
    async with window.context.expect_page() as opening:
        await window.message("DB-1001 ·").get_by_role("link", name="Trace").click()
    trace = await opening.value
    await expect(trace.get_by_role("heading", name="Refund for invoice INV-2041")).to_be_visible()
    await expect(trace.locator("pre.json")).to_contain_text('"maria.costa@example.com"')
    frame = trace.frame_locator("iframe")
    await expect(frame.get_by_text("I was charged twice for my last order.")).to_be_visible()
    await trace.close()


async def test_support_without_a_word_explains_itself(window: Window) -> None:
    await window.at("command-input").fill("/support help")
    await window.page.keyboard.press("Enter")
    await expect(window.message("Only visible to you", "/support replay DB-1042")).to_be_visible()


async def test_half_typed_words_wait_in_their_channel_and_for_their_person(window: Window) -> None:
    line = window.at("command-input")
    await line.fill("Has anybody seen the")
    await window.click("channel-orders")
    await expect(line).to_have_value("")
    await window.click("channel-billing")
    await expect(line).to_have_value("Has anybody seen the")
    await window.click(BO)
    await expect(line).to_have_value("")


async def test_a_half_written_mail_outlives_a_look_at_the_inbox(window: Window) -> None:
    await window.at("compose-subject").fill("Where is")
    await window.click("mail-inbox", "mail-compose")
    await expect(window.at("compose-subject")).to_have_value("Where is")


async def test_a_robots_mail_gets_a_card_and_no_answer(window: Window) -> None:
    await window.send("out-of-office")
    await window.click("channel-triage")
    await expect(window.message("DB-1001 · Automatic reply")).to_be_visible()
    await window.click("mail-inbox")
    await expect(window.page.get_by_text("No mail yet")).to_be_visible()
