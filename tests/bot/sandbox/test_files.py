from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.sandbox import world

if TYPE_CHECKING:
    from bot.sandbox import Sandbox

CONTENT = b"<script>alert(1)</script>"


@pytest.fixture
def slack(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(world.BOT_TOKEN, base_url=sandbox.slack_api_url)


async def uploaded(slack: AsyncWebClient, page: world.Page) -> str:
    """The id of a file whose bytes are there, but that nobody has shared."""
    announced = await slack.files_getUploadURLExternal(filename="report.html", length=len(CONTENT))
    answer = await page.client.post(announced["upload_url"], content=CONTENT)
    assert answer.status_code == 200
    return str(announced["file_id"])


async def test_the_sdk_uploads_into_a_thread_and_the_page_gives_it_back(
    slack: AsyncWebClient, page: world.Page
) -> None:
    first = await slack.chat_postMessage(channel="C0TECH", text="Here")
    await slack.files_upload_v2(
        filename="a/b\r\n.html",
        title="<b>Report</b>",
        content=CONTENT,
        channel="C0TECH",
        thread_ts=first["ts"],
    )
    answer = (await page.messages("C0TECH"))[-1]
    assert answer["thread_ts"] == first["ts"]
    (file,) = answer["files"]
    assert file | {"id": ""} == {
        "id": "",
        "name": "a/b\r\n.html",
        "title": "<b>Report</b>",
        "size": len(CONTENT),
    }
    given = await page.client.get(f"{page.client.base_url}files/{file['id']}")
    assert given.content == CONTENT
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert given.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%2Fb%0D%0A.html"
    assert given.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_a_thread_tells_of_its_files(slack: AsyncWebClient) -> None:
    first = await slack.chat_postMessage(channel="C0TECH", text="Here")
    await slack.files_upload_v2(
        filename="r.html", content=CONTENT, channel="C0TECH", thread_ts=first["ts"], initial_comment="See"
    )
    replies = await slack.conversations_replies(channel="C0TECH", ts=first["ts"])
    assert [file["name"] for file in replies["messages"][1]["files"]] == ["r.html"]
    assert replies["messages"][1]["text"] == "See"


async def test_only_what_was_announced_is_taken(slack: AsyncWebClient, page: world.Page) -> None:
    announced = await slack.files_getUploadURLExternal(filename="r.html", length=3)
    assert (await page.client.post(announced["upload_url"], content=b"four")).status_code == 400
    assert (await page.client.post(f"{announced['upload_url']}x", content=b"123")).status_code == 404
    share = slack.files_completeUploadExternal(files=[{"id": announced["file_id"]}], channel_id="C0TECH")
    assert await world.refusal(share) == "file_not_found"
    given = await page.client.get(f"{page.client.base_url}files/{announced['file_id']}")
    assert given.status_code == 404, "nobody has shared it"


async def test_a_file_is_shared_once_and_only_where_the_app_may_write(
    sandbox: Sandbox, slack: AsyncWebClient, page: world.Page
) -> None:
    wanted = [{"id": await uploaded(slack, page), "title": "Report"}]
    await sandbox.leave("#support-ops")
    for channel, thread_ts, error in (
        ("C0NONE", None, "channel_not_found"),
        ("C0OPS", None, "not_in_channel"),
        ("C0TECH", "1.0", "thread_not_found"),
    ):
        share = slack.files_completeUploadExternal(files=wanted, channel_id=channel, thread_ts=thread_ts)
        assert await world.refusal(share) == error
    await slack.files_completeUploadExternal(files=wanted, channel_id="C0TECH")
    again = slack.files_completeUploadExternal(files=wanted, channel_id="C0TECH")
    assert await world.refusal(again) == "file_not_found"
    assert len([message for message in await page.messages("C0TECH") if message["files"]]) == 1


async def test_senseless_calls_are_refused(slack: AsyncWebClient) -> None:
    assert await world.refusal(slack.files_getUploadURLExternal(filename="", length=3)) == "invalid_arguments"
    assert (
        await world.refusal(slack.files_getUploadURLExternal(filename="x", length=0)) == "invalid_arguments"
    )
    for files in ("nonsense", "[]", "[1]"):
        call = slack.api_call("files.completeUploadExternal", params={"files": files, "channel_id": "C0TECH"})
        assert await world.refusal(call) == "invalid_arguments"
