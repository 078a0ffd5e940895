"""The team's own records from outside: who writes decides what is promised, and their trouble delays nobody."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from blocks.ids import Action
from bot import config as config_module
from bot.config_directory import CsvDirectory, Directory, HttpDirectory
from tests import desk as desk_module
from tests.acceptance.seen import trace_page, words
from tests.desk import ANA, option

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

CUSTOMERS = """\
email,full_name,company,tier,sla,plan
maria@customer.example,Maria Costa,Costa <& Filhos>,gold,,pro
bo@customer.example,Bo Lind,Lind AB,platinum,,basic
kai@customer.example,Kai Ito,,,45m,basic
"""
FIELDS = {"name": "full_name", "plan": "plan"}


@asynccontextmanager
async def knowing(sandbox: Sandbox, folder: Path, directory: Directory) -> AsyncIterator[Desk]:
    config = config_module.load(desk_module.SUPPORT_YAML).model_copy(update={"directory": directory})
    async with desk_module.running(sandbox, folder, config=config) as desk:
        yield desk


@pytest.fixture
async def desk(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose customers are in a file."""
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, encoding="utf-8")
    directory = CsvDirectory(kind="csv", path=str(path), fields=FIELDS)
    async with knowing(sandbox, tmp_path / "desk", directory) as desk:
        yield desk


async def test_a_gold_customer_of_the_file_is_treated_as_one(desk: Desk) -> None:
    """The tier decides by the rules and the promise; name and company stand on the card and in the trace."""
    await desk.deliver(**{"from": "maria@customer.example"})
    await desk.settle()
    card = desk.card("DB-1001")
    shown = words(card)
    assert "Gold" in shown
    assert "Maria Costa &lt;maria@customer.example&gt;" in shown
    assert "Costa &lt;&amp; Filhos&gt;" in shown
    assert "High priority" in shown, "the rule for gold customers has held"
    assert "1 hour" in desk.inbox()[0]["text"]
    page = await trace_page(desk, card)
    assert "Costa &lt;&amp; Filhos&gt;" in page
    assert "<small>plan</small> pro" in page


async def test_the_name_of_the_mail_goes_before_the_one_of_the_file(desk: Desk) -> None:
    await desk.deliver(**{"from": "M. Costa <maria@customer.example>"})
    await desk.settle()
    assert "M. Costa &lt;maria@customer.example&gt;" in words(desk.card("DB-1001"))


async def test_a_tier_that_the_desk_does_not_have_is_recorded_and_not_used(desk: Desk) -> None:
    await desk.deliver(**{"from": "bo@customer.example"})
    await desk.settle()
    card = desk.card("DB-1001")
    assert "Standard" in words(card)
    assert "<small>tier</small> platinum" in await trace_page(desk, card)


async def test_an_own_promise_goes_before_the_one_of_the_queue(desk: Desk) -> None:
    await desk.deliver(**{"from": "kai@customer.example"})
    await desk.settle()
    async with desk.storage.reading() as uow:
        ticket = await uow.tickets.get(1001)
    assert ticket.response_due_at == ticket.created_at + timedelta(minutes=45)
    assert "45 minutes" in desk.inbox()[0]["text"]


async def test_a_stranger_is_a_standard_customer(desk: Desk) -> None:
    await desk.deliver(**{"from": "who@customer.example"})
    await desk.settle()
    card = desk.card("DB-1001")
    assert "Standard" in words(card)
    assert "knows nobody with this address" in await trace_page(desk, card)


async def test_robots_are_not_looked_up(desk: Desk) -> None:
    await desk.deliver(**{"from": "maria@customer.example", "headers": {"Auto-Submitted": "auto-generated"}})
    await desk.settle()
    async with desk.storage.reading() as uow:
        opening = await uow.emails.get((await uow.tickets.get(1001)).trace_id)
    assert opening.circumstances is not None
    assert opening.circumstances.lookup is None
    assert desk.inbox() == []


async def test_a_message_that_is_split_off_stays_that_of_the_same_customer(desk: Desk) -> None:
    sender = {"from": "maria@customer.example"}
    await desk.deliver(**sender)
    await desk.settle()
    answer = {"id": "mail-2", "messageId": "<2@customer.example>", "inReplyTo": "<1@customer.example>"}
    await desk.deliver(**sender, **answer, subject="Timeout when I pay", text="Another thing.")
    await desk.settle()
    view = await desk.open_modal(ANA, desk.card("DB-1001"), Action.MORE, choice="Split")
    (one,) = view["blocks"][0]["element"]["options"]
    await desk.submit(ANA, message=option(one["value"]))
    shown = words(desk.card("DB-1002"))
    assert "Gold" in shown
    assert "Costa &lt;&amp; Filhos&gt;" in shown


async def test_a_ticket_that_was_given_to_somebody_else_does_not_show_the_company(desk: Desk) -> None:
    head = (
        "From: Zoe <zoe@other.example>",
        "Date: Mon, 2 Mar 2026",
        "Subject: Help",
        "To: maria@customer.example",
    )
    forwarded = "\n".join(("---------- Forwarded message ---------", *head, "", "Help!"))
    await desk.deliver(**{"from": "maria@customer.example", "text": forwarded})
    await desk.settle()
    card = desk.card("DB-1001")
    assert "Filhos" in words(card)
    await desk.press(ANA, card, Action.MAKE_REQUESTER)
    assert "Filhos" not in words(desk.card("DB-1001"))


@asynccontextmanager
async def hanging() -> AsyncIterator[str]:
    """A server that takes every question and answers none, until the test is over."""
    over = asyncio.Event()

    async def hold(_request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    application = web.Application()
    application.router.add_get("/", hold)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        over.set()
        await runner.cleanup()


async def test_a_directory_that_hangs_costs_neither_ticket_nor_acknowledgement(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with hanging() as url:
        directory = HttpDirectory(kind="http", url=url, timeout=timedelta(milliseconds=50))
        async with knowing(sandbox, tmp_path, directory) as desk:
            await desk.deliver()
            await desk.settle()
            card = desk.card("DB-1001")
            assert card["channel"] == "C0BILLING"
            assert "Standard" in words(card)
            assert "[DB-1001]" in desk.inbox()[0]["subject"]
            page = await trace_page(desk, card)
            assert "the directory did not answer within 0.05 s" in page
