from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from bot.sandbox import Sandbox
from tests.bot.sandbox import world

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.sandbox import SandboxSettings


async def test_the_state_has_the_shop_before_anything_happened(page: world.Page) -> None:
    state = await page.state()
    assert (state["team"]["name"], state["bot"]["name"]) == ("Acme Shop", "Deskbell")
    assert [person["role"] for person in state["people"]] == ["agent", "agent", "on-call"]
    assert {channel["name"] for channel in state["channels"]} >= {"billing", "triage", "support-fallback"}
    assert (state["dms"], state["inbox"], state["sent"], state["toasts"]) == ([], [], [], [])
    assert set(state["samples"][0]) == {"id", "title", "hint", "from", "subject", "text", "attachments"}


async def test_a_person_speaks_and_markup_is_escaped(page: world.Page) -> None:
    body = {"user": "U0BO", "channel": "C0TECH", "thread_ts": None, "text": "a < b & <!channel>"}
    await page.post("message", body)
    (said,) = await page.messages("C0TECH")
    assert (said["user"], said["bot"], said["text"]) == ("U0BO", False, "a &lt; b &amp; &lt;!channel&gt;")


async def test_a_reset_forgets_messages_and_mails_but_not_the_channels(
    slack: AsyncWebClient, page: world.Page
) -> None:
    await slack.chat_postMessage(channel="U0ANA", text="x")
    await page.post("burst")
    await page.post("reset")
    state = await page.state()
    assert (state["dms"], state["sent"], len(state["channels"])) == ([], [], 8)


async def test_every_change_is_told_to_who_listens(slack: AsyncWebClient, page: world.Page) -> None:
    async with asyncio.timeout(5), page.client.stream("GET", f"{page.client.base_url}events") as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        lines = stream.aiter_lines()
        assert await anext(lines) == "event: change"
        first = await anext(lines)
        await slack.chat_postMessage(channel="C0TECH", text="x")
        assert [await anext(lines), await anext(lines)] == ["", "event: change"]
        assert await anext(lines) != first


async def test_the_page_comes_with_a_strict_policy(page: world.Page) -> None:
    answer = await page.client.get(str(page.client.base_url).rstrip("/"))
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"].startswith("text/html")
    assert policy.startswith("default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;")
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "127.0.0.1:{port}", "Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Host": "127.0.0.1:{port}"}, 200),
        ({"Host": "127.0.0.1:{port}", "Origin": "https://evil.example"}, 403),
        ({"Host": "127.0.0.1:{port}", "Origin": "http://127.0.0.1:1"}, 403),
        ({"Host": "127.0.0.1:{port}", "Origin": "null"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ],
)
async def test_only_its_own_page_may_act(page: world.Page, headers: dict[str, str], status: int) -> None:
    filled = {name: value.format(port=page.client.base_url.port) for name, value in headers.items()}
    answer = await page.client.post(f"{page.client.base_url}reset", headers=filled)
    assert answer.status_code == status


async def test_a_request_without_its_fields_is_a_bad_request(page: world.Page) -> None:
    answer = await page.client.post(f"{page.client.base_url}action", json={"user": "U0ANA"})
    assert (answer.status_code, answer.json()) == (400, {"ok": False, "error": "invalid_request: action"})


async def test_cards_mails_and_open_modals_survive_a_restart(
    settings: SandboxSettings, clock: world.Clock
) -> None:
    first = Sandbox(settings, now=clock)
    await first.start()
    said = await first.commands.say(user_id="U0ANA", channel_id="C0TECH", text="Remember me")
    opened = await first.slack.modals.open("U0ANA", world.modal())
    await first.mailbox.receive(b"Subject: Hi\r\n\r\nx", envelope_from="", envelope_to=["a@example.com"])
    await first.archive("C0ORDERS")
    await first.stop()

    second = Sandbox(settings, now=clock)
    await second.start()
    later = await second.commands.say(user_id="U0ANA", channel_id="C0TECH", text="Me too")
    workspace = second.slack.workspace
    assert [message["text"] for message in workspace.messages("C0TECH")] == ["Remember me", "Me too"]
    assert float(later["ts"]) > float(said["ts"])
    assert [view["id"] for view in second.slack.modals.stack("U0ANA")] == [opened["id"]]
    assert [mail["subject"] for mail in second.mailbox.inbox()] == ["Hi"]
    assert workspace.find("C0ORDERS")["archived"]
    await second.stop()


async def test_a_listening_page_does_not_hold_up_the_end(settings: SandboxSettings) -> None:
    sandbox = Sandbox(settings)
    await sandbox.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sandbox.slack.address.rpartition(":")[2]))
    writer.write(b"GET /sandbox/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readuntil(b"event: change")
    async with asyncio.timeout(1):
        await sandbox.stop()
    writer.close()


async def test_a_page_that_is_gone_before_its_answer_is_no_error(
    sandbox: Sandbox, page: world.Page, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", int(sandbox.slack.address.rpartition(":")[2]))) as browser:
        browser.sendall(b"GET /sandbox/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes by a reset
    await page.state()  # answered after the other request
    assert [record for record in caplog.records if record.name == "aiohttp.server"] == []
