"""The door for mail: what it takes, what it refuses, and that nothing it took is lost or doubled."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import aiosqlite
import pytest

from tests import desk as desk_module
from tests.acceptance.seen import cards, trace_page, words
from tests.desk import payload, signed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

MESSAGE = """\
From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@customer.example>\r
To: support@acme.example\r
Subject: Where is order #123456?\r
Message-ID: <7@customer.example>\r
Content-Type: text/plain; charset=utf-8\r
\r
It should have been here on Monday.\r
"""


async def test_ten_racing_copies_become_one_ticket_and_share_a_trace(desk: Desk) -> None:
    answers = [answer.json() for answer in await asyncio.gather(*(desk.deliver() for _ in range(10)))]
    assert sorted(answer["status"] for answer in answers) == ["accepted", *["duplicate"] * 9]
    assert len({answer["trace_id"] for answer in answers}) == 1
    await desk.settle()
    assert len(cards(desk, "DB-1001")) == 1
    assert cards(desk, "DB-1002") == []
    assert len(desk.inbox()) == 1


async def test_a_mail_as_smtp_carried_it_becomes_a_ticket(desk: Desk) -> None:
    body = MESSAGE.encode()
    headers = signed(body) | {"Content-Type": "message/rfc822"}
    answer = await desk.http.post("/webhooks/raw", content=body, headers=headers)
    assert answer.status_code == 200
    await desk.settle()
    card = desk.card("DB-1001")
    assert card["channel"] == "C0ORDERS"
    assert "Jörg Müller <joerg@customer.example>" in words(card).replace("&lt;", "<").replace("&gt;", ">")
    (mail,) = desk.inbox()
    assert mail["subject"].startswith("Re: Where is order #123456? [DB-1001]")
    assert mail["in_reply_to"] == "<7@customer.example>"


@pytest.mark.parametrize("body", [b"this is no JSON", b"[]", b'{"id": "1"}', b"\xff\xfe\x00", b"[" * 50_000])
async def test_a_mail_that_cannot_be_read_is_kept_and_shown_to_a_person(desk: Desk, body: bytes) -> None:
    answer = await desk.http.post("/webhooks/mailparse", content=body, headers=signed(body))
    assert (answer.status_code, answer.json()["status"]) == (202, "unparseable")
    await desk.settle()
    (card,) = desk.messages("C0TRIAGE")
    assert "Please handle it by hand" in words(card)
    assert "A mail that could not be read" in await trace_page(desk, card)
    assert desk.inbox() == []
    again = await desk.http.post("/webhooks/mailparse", content=body, headers=signed(body))
    assert again.json() == {"trace_id": answer.json()["trace_id"], "status": "duplicate"}


async def test_what_is_no_delivery_is_refused_with_its_own_status(desk: Desk) -> None:
    body = json.dumps(payload()).encode()
    form = signed(body) | {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await desk.http.post("/webhooks/mailparse", content=body, headers=form)).status_code == 415
    assert (await desk.http.post("/webhooks/raw", content=body, headers=signed(body))).status_code == 415
    assert (await desk.http.post("/webhooks/nobody", content=body, headers=signed(body))).status_code == 404
    for method in ("GET", "PUT", "DELETE"):
        refused = await desk.http.request(method, "/webhooks/mailparse")
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


CHUNK = b"x" * 8192


@pytest.mark.parametrize(
    ("header", "beginning"),
    [
        ("Content-Length: 1000000000", CHUNK),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK)),
    ],
    ids=["with a length", "in chunks"],
)
async def test_a_body_is_refused_as_soon_as_it_is_too_large(
    sandbox: Sandbox, tmp_path: Path, header: str, beginning: bytes
) -> None:
    """The answer comes while the body, which never ends, is still on its way."""
    async with desk_module.running(sandbox, tmp_path, deskbell_max_body_bytes=4096) as desk:
        fields = ("POST /webhooks/mailparse HTTP/1.1", "Host: desk", "Content-Type: application/json", header)
        status = await first_line(desk, fields, beginning)
        assert status == b"HTTP/1.1 413 Request Entity Too Large\r\n"
        assert (await desk.deliver(text="x" * 3000)).status_code == 200


async def first_line(desk: Desk, fields: Iterable[str], beginning: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(desk.http.base_url.host, desk.http.base_url.port)
    try:
        writer.write("\r\n".join([*fields, "", ""]).encode() + beginning)
        async with asyncio.timeout(5):
            return await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_while_the_database_is_locked_a_delivery_is_put_off_and_accepted_afterwards(desk: Desk) -> None:
    body = json.dumps(payload()).encode()
    delivery = {"url": "/webhooks/mailparse", "content": body, "headers": signed(body)}
    async with aiosqlite.connect(str(desk.storage.database.url.database), isolation_level=None) as other:
        await other.execute("BEGIN IMMEDIATE")
        refused = await desk.http.post(**delivery, timeout=30)
        await other.execute("ROLLBACK")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert refused.json() == {"error": "try again later"}
    accepted = await desk.http.post(**delivery, timeout=30)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    await desk.settle()
    assert desk.card("DB-1001")
