"""One mail to two of our addresses comes in twice, and is one ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import config as config_module
from tests import desk as desk_module
from tests.acceptance import seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

BOTH = "support@acme.example, billing@acme.example"


@pytest.fixture
async def two_addresses(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk that also answers to billing@."""
    path = tmp_path / "support.yaml"
    text = desk_module.SUPPORT_YAML.read_text(encoding="utf-8")
    path.write_text(text.replace("[support@acme.example]", f"[{BOTH}]"), encoding="utf-8")
    async with desk_module.running(sandbox, tmp_path, config=config_module.load(path)) as desk:
        yield desk


async def deliver(desk: Desk, number: int, **fields: object) -> None:
    response = await desk.deliver(
        id=f"delivery-{number}", to=BOTH, messageId="<same@customer.example>", **fields
    )
    assert response.json()["status"] == "accepted"
    await desk.settle()


async def test_both_deliveries_are_one_ticket_that_names_both_addresses(two_addresses: Desk) -> None:
    await deliver(two_addresses, 1, envelope={"to": "support@acme.example"})
    await deliver(two_addresses, 2, envelope={"to": "billing@acme.example"})
    assert f"To {BOTH}" in seen.words(two_addresses.card("DB-1001"))
    assert seen.cards(two_addresses, "DB-1002") == []
    assert len(two_addresses.inbox()) == 1
    assert [
        message["text"] for message in two_addresses.messages("C0BILLING") if message.get("thread_ts")
    ] == []


async def test_the_trace_of_the_second_says_where_the_mail_is(two_addresses: Desk) -> None:
    await deliver(two_addresses, 1)
    response = await two_addresses.deliver(id="delivery-2", to=BOTH, messageId="<same@customer.example>")
    await two_addresses.settle()
    async with two_addresses.storage.reading() as uow:
        (entry,) = await uow.audit.for_trace(response.json()["trace_id"])
        stored = await uow.emails.get(response.json()["trace_id"])
    assert (entry.action, entry.detail["ticket"], stored.state) == ("same_mail", "DB-1001", "done")


async def test_a_different_mail_under_the_same_id_is_a_mail_of_its_own(two_addresses: Desk) -> None:
    await deliver(two_addresses, 1)
    await deliver(two_addresses, 2, subject="Something else", text="My parcel is lost.")
    assert len(two_addresses.inbox()) == 2
