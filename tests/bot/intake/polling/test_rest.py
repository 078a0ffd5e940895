from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.intake.polling.interfaces import Batch, PollFailedError
from bot.intake.polling.rest import RestMailbox
from storage.cursors import Cursor
from tests import mail_api, servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.mail_api import MailApi


@pytest.fixture
async def api() -> AsyncIterator[MailApi]:
    async with mail_api.running() as api:
        yield api


@pytest.fixture
async def mailbox(api: MailApi) -> AsyncIterator[RestMailbox]:
    mailbox = RestMailbox(url=api.url, token=mail_api.TOKEN, limit=2)
    yield mailbox
    await mailbox.close()


async def read(mailbox: RestMailbox, position: str | None = None) -> list[Batch]:
    cursor = Cursor(position, datetime(2026, 3, 2, tzinfo=UTC)) if position else None
    return [batch async for batch in mailbox.batches(cursor)]


def contents(batches: list[Batch]) -> list[Any]:
    return [json.loads(message.raw) for batch in batches for message in batch.messages]


async def test_pages_are_read_to_the_last_and_each_says_where_to_go_on(
    api: MailApi, mailbox: RestMailbox
) -> None:
    api.messages = [{"id": f"m{number}"} for number in range(5)]
    batches = await read(mailbox)
    assert contents(batches) == api.messages
    assert [batch.position for batch in batches] == ["2", "4", "5"]
    assert api.asked == [("", 2), ("2", 2), ("4", 2)]


async def test_reading_goes_on_behind_the_cursor_and_stays_there_when_there_is_nothing(
    api: MailApi, mailbox: RestMailbox
) -> None:
    api.messages = [{"id": f"m{number}"} for number in range(3)]
    assert contents(await read(mailbox, "2")) == [{"id": "m2"}]
    (nothing,) = await read(mailbox, "3")
    assert (nothing.messages, nothing.position) == ([], None)


async def test_each_message_is_acknowledged_by_its_id_whatever_stands_in_it(
    api: MailApi, mailbox: RestMailbox
) -> None:
    api.messages = [
        {"id": "a/b?c"},
        {"id": 7},
        {"id": ""},
        {"subject": "no id"},
        "no mail at all",
        {"id": True},
    ]
    for batch in await read(mailbox):
        await mailbox.acknowledge(batch)
    assert api.acknowledged == ["a/b?c", "7"]


async def test_a_message_that_is_no_valid_unicode_stays_what_it_is(
    api: MailApi, mailbox: RestMailbox
) -> None:
    api.messages = [{"id": "m", "text": "half a pair: \ud83d"}]
    assert contents(await read(mailbox)) == api.messages


@pytest.mark.parametrize("status", [404, 409, 410])
async def test_a_message_that_is_gone_needs_no_acknowledgement(
    api: MailApi, mailbox: RestMailbox, status: int
) -> None:
    api.messages = [{"id": "m"}]
    (batch,) = await read(mailbox)
    api.troubles = [web.Response(status=status)]
    await mailbox.acknowledge(batch)
    api.troubles = [web.Response(status=500)]
    with pytest.raises(PollFailedError, match="POST /v1/messages/m/ack was answered 500"):
        await mailbox.acknowledge(batch)


@pytest.mark.parametrize(
    ("told", "pause"),
    [("7", timedelta(seconds=7)), ("9" * 30, timedelta(hours=1)), ("soon", None), ("-1", None)],
)
async def test_a_server_may_ask_for_a_pause_of_up_to_an_hour(
    api: MailApi, mailbox: RestMailbox, told: str, pause: timedelta | None
) -> None:
    api.troubles = [web.Response(status=429, headers={"Retry-After": told})]
    with pytest.raises(PollFailedError, match="was answered 429") as caught:
        await read(mailbox)
    assert caught.value.retry_after == pause


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="<html>"),
        web.Response(text="[]"),
        web.Response(text='{"messages": {}}'),
        web.Response(text='{"messages": [], "next_cursor": 7}'),
        web.Response(text="[" * 100_000),
        web.Response(status=302, headers={"Location": "/v1/messages?cursor=&limit=2"}),
        web.Response(status=401),
    ],
    ids=lambda answer: answer.text[:40] if answer.text else str(answer.status),
)
async def test_what_is_no_page_is_a_failure_that_says_so(
    api: MailApi, mailbox: RestMailbox, answer: web.Response
) -> None:
    api.troubles = [answer]
    with pytest.raises(PollFailedError, match=r"not a page of messages|was answered (302|401)"):
        await read(mailbox)


async def test_a_server_that_is_away_is_a_failure() -> None:
    mailbox = RestMailbox(url=f"http://127.0.0.1:{servers.free_port()}", token="x", limit=1)
    with pytest.raises(PollFailedError):
        await read(mailbox)
    await mailbox.close()


async def test_of_a_page_that_is_too_large_less_is_asked_for(api: MailApi, mailbox: RestMailbox) -> None:
    api.messages = [{"id": "a", "text": "x" * 17_000_000}, {"id": "b", "text": "x" * 17_000_000}]
    batches = await read(mailbox)
    assert [message.id for batch in batches for message in batch.messages] == ["a", "b"]
    assert [limit for _, limit in api.asked] == [2, 1, 2]
    api.messages[0]["text"] *= 2
    with pytest.raises(PollFailedError, match="a single message is larger than"):
        await read(mailbox)


async def test_a_server_that_leads_in_a_circle_is_left(api: MailApi, mailbox: RestMailbox) -> None:
    page = {"messages": [{"id": "a"}], "next_cursor": "1", "has_more": True}
    api.troubles = [web.json_response(page) for _ in range(3)]
    assert len(await read(mailbox)) == 2
    assert len(api.troubles) == 1


async def test_a_mailbox_that_was_closed_can_be_read_again(api: MailApi, mailbox: RestMailbox) -> None:
    """As when the turn to poll comes back to this process."""
    api.messages = [{"id": "m1"}]
    await mailbox.close()
    assert contents(await read(mailbox)) == api.messages
