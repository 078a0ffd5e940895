"""A customer's address that takes no mail: the agents see it, and nothing more is sent there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance import seen
from tests.desk import ANA

if TYPE_CHECKING:
    from tests.desk import Desk

MARIA = "maria@customer.example"


async def refused(desk: Desk, reply: str) -> None:
    """A first mail whose acknowledgement the customer's server refuses with `reply`."""
    desk.sandbox.smtp_reject(MARIA, reply)
    await desk.deliver()
    await desk.settle()


async def test_the_card_says_that_the_acknowledgement_was_refused(desk: Desk) -> None:
    await refused(desk, "550 5.1.1 no such user")
    assert "Not delivered to maria@customer.example: 550 5.1.1 no such user" in seen.words(
        desk.card("DB-1001")
    )
    assert desk.inbox() == []


async def test_a_dead_address_gets_no_further_mail_until_it_is_unblocked(desk: Desk) -> None:
    await refused(desk, "550 5.1.1 no such user")
    desk.sandbox.smtp_accept(MARIA)
    await desk.deliver(id="mail-2", subject="Another question", messageId="<2@customer.example>")
    await desk.settle()
    assert desk.inbox() == []
    assert MARIA in seen.words(await desk.command(ANA, "/support blocked"))

    await desk.command(ANA, f"/support unblock {MARIA}")
    await desk.deliver(id="mail-3", subject="A third question", messageId="<3@customer.example>")
    await desk.settle()
    assert [mail["subject"].partition(" (")[0] for mail in desk.inbox()] == ["Re: A third question [DB-1003]"]


async def test_a_full_mailbox_is_told_but_not_blocked(desk: Desk) -> None:
    await refused(desk, "552 5.2.2 mailbox full")
    assert "552 5.2.2 mailbox full" in seen.words(desk.card("DB-1001"))
    assert "No address is blocked" in seen.words(await desk.command(ANA, "/support blocked"))


async def test_an_address_that_is_not_blocked_cannot_be_unblocked(desk: Desk) -> None:
    answer = await desk.command(ANA, "/support unblock nobody@customer.example")
    assert answer["text"] == "This address is not blocked."


async def test_an_agent_may_block_an_address_for_good(desk: Desk) -> None:
    await desk.command(ANA, f"/support block {MARIA}")
    await desk.deliver()
    await desk.settle()
    assert desk.inbox() == []
    shown = seen.words(await desk.command(ANA, "/support blocked"))
    assert "until unblocked" in shown
    assert "blocked by U0ANA" in shown


async def test_what_is_no_address_cannot_be_blocked(desk: Desk) -> None:
    answer = await desk.command(ANA, "/support block maria")
    assert answer["text"].startswith("Which address?")
