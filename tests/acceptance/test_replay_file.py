"""The whole report of a replay as a file in the thread of its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from blocks.ids import Action
from tests.acceptance.seen import eventually, thread, words
from tests.acceptance.test_replay_in_slack import TRIAGE, deliver, replayed, replays
from tests.desk import BO

if TYPE_CHECKING:
    import httpx

    from tests.desk import Desk


def files(desk: Desk) -> list[dict[str, Any]]:
    """Every file in the thread of the only replay."""
    (message,) = replays(desk)
    return [file for answer in thread(desk, message) for file in answer.get("files", [])]


async def download(desk: Desk) -> httpx.Response:
    (file,) = files(desk)
    return await desk.http.get(file["url_private_download"])


async def replay(desk: Desk) -> None:
    await desk.command(BO, "/support replay --since 7d")
    await desk.settle()


async def test_the_report_stands_in_the_thread_as_a_page(desk: Desk) -> None:
    await deliver(desk, 2)
    message = await replayed(desk)
    (answer,) = thread(desk, message)
    assert answer["text"] == "The whole report, as a page that opens in a browser."
    assert [file["name"] for file in answer["files"]] == ["deskbell-replay-1.html"]
    page = (await download(desk)).text
    assert page.startswith("<!doctype html>")
    assert "2 of 2 mails would move (100%)." in page
    assert "Refund for invoice INV-2041" in page
    assert f"{desk.settings.deskbell_public_url}/traces/" in page


async def test_no_browser_opens_it_in_place(desk: Desk) -> None:
    await desk.deliver(subject="Refund <script>alert(1)</script>")
    await desk.settle()
    await replayed(desk)
    answer = await download(desk)
    assert "<script" not in answer.text
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_a_step_that_fails_is_taken_again(desk: Desk, method: str) -> None:
    desk.sandbox.fail_next(method, status=503)
    await replay(desk)
    await eventually(lambda: files(desk))
    assert len(files(desk)) == 1
    calls = [call for call in desk.sandbox.calls if "Replay" in str(call.args.get("text"))]
    assert len([call for call in calls if call.method == "chat.postMessage"]) == 1, "it was replayed once"


async def test_after_an_unknown_outcome_there_is_one_file(desk: Desk) -> None:
    desk.sandbox.fail_next("files.completeUploadExternal", after_effect=True)
    await replay(desk)
    await eventually(lambda: _lookups(desk) > 1)
    await desk.settle()
    assert len(files(desk)) == 1


def _lookups(desk: Desk) -> int:
    (message,) = replays(desk)
    calls = [call for call in desk.sandbox.calls if call.method == "conversations.replies"]
    return len([call for call in calls if call.args.get("ts") == message["ts"]])


async def test_without_the_scope_operators_learn_what_to_do_and_the_replay_stays(desk: Desk) -> None:
    desk.sandbox.fail_next("files.getUploadURLExternal", error="missing_scope")
    await replay(desk)
    (message,) = replays(desk)
    assert message["text"] == "Replay: No decided mail was found."
    assert files(desk) == []
    notices = [notice["text"] for notice in desk.messages("C0OPS")]
    (notice,) = [text for text in notices if "slack.share_replay" in text]
    assert "lacks the scope files:write" in notice
    assert "install the app again" in notice
    await desk.press(BO, await desk.command(BO, "/support dead-letters"), Action.RETRY_DEAD_LETTER)
    assert len(files(desk)) == 1, "the scope is there, and somebody has tried again"


async def test_a_deleted_message_wants_no_file(desk: Desk) -> None:
    desk.sandbox.fail_next("files.getUploadURLExternal", error="internal_error")
    await replay(desk)
    (message,) = replays(desk)
    await desk.sandbox.slack.workspace.remove(message)
    await eventually(lambda: len([c for c in desk.sandbox.calls if c.method == "conversations.replies"]) > 1)
    await desk.settle()
    assert not [answer for answer in desk.messages(TRIAGE) if answer.get("files")]
    async with desk.storage.reading() as uow:
        assert "dead" not in await uow.outbox.counts(desk.clock())


async def test_the_message_of_the_replay_is_untouched_by_its_file(desk: Desk) -> None:
    await deliver(desk, 1)
    message = await replayed(desk)
    assert "Apply to 1 open ticket" in words(message)
