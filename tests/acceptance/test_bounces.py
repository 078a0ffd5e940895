"""A mail of the desk comes back: the ticket says so, and nothing is opened again or answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks.ids import Action
from tests.acceptance.seen import cards, thread, words
from tests.desk import ANA

if TYPE_CHECKING:
    from tests.desk import Desk

NOTICE = """This is the mail system at host mx.customer.example.

<maria@customer.example>: host mx.customer.example said: {because}

--- The header of the original message is included below. ---
Message-ID: {original}
"""
WARNING = "Not delivered to maria@customer.example: mailbox full (5.2.2)"


async def answered(desk: Desk, text: str = "It is on its way.") -> str:
    """The customer has an answer; gives its Message-ID."""
    card = desk.card("DB-1001")
    await desk.open_modal(ANA, card, Action.REPLY)
    await desk.submit(ANA, body=text)
    await desk.submit(ANA)
    return str(desk.inbox()[-1]["message_id"])


async def returned(
    desk: Desk, original: str, *, because: str = "552 5.2.2 Mailbox full", **fields: Any
) -> None:
    """The mail server gives a mail back."""
    await desk.deliver(
        **{"from": "MAILER-DAEMON@mx.customer.example"} | fields,
        id=f"bounce of {original}",
        messageId="<bounce@mx.customer.example>",
        subject="Undelivered Mail Returned to Sender",
        text=NOTICE.format(original=original, because=because),
        envelope={"from": "", "to": ["support@acme.example"]},
    )
    await desk.settle()


async def opened(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()


async def test_a_bounce_stands_on_the_card_and_in_the_thread(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, await answered(desk))
    assert WARNING in words(desk.card("DB-1001"))
    notice = words(thread(desk, desk.card("DB-1001"))[-1])
    assert WARNING in notice
    assert "552 5.2.2 Mailbox full" in notice
    assert cards(desk, "DB-1002") == []
    assert len(desk.inbox()) == 2, "the acknowledgement and the answer"


async def test_a_bounce_opens_no_resolved_ticket(desk: Desk) -> None:
    await opened(desk)
    ours = await answered(desk)
    await desk.press(ANA, desk.card("DB-1001"), Action.RESOLVE)
    await returned(desk, ours)
    assert "Resolved by" in words(desk.card("DB-1001"))
    assert WARNING in words(desk.card("DB-1001"))


async def test_the_warning_goes_when_the_customer_writes(desk: Desk) -> None:
    await opened(desk)
    ours = await answered(desk)
    await returned(desk, ours)
    await desk.deliver(id="mail-2", messageId="<2@customer.example>", inReplyTo=ours, text="I made room.")
    await desk.settle()
    assert WARNING not in words(desk.card("DB-1001"))


async def test_the_warning_goes_when_a_later_answer_is_sent(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, await answered(desk))
    await answered(desk, "Once more.")
    assert WARNING not in words(desk.card("DB-1001"))


async def test_the_next_answer_goes_on_from_the_customers_mail_not_from_the_bounce(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, await answered(desk))
    await answered(desk, "Once more.")
    assert "<1@customer.example>" in desk.inbox()[-1]["in_reply_to"]


async def test_a_bounce_that_may_be_forged_is_no_news_of_a_ticket(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, await answered(desk), spf_pass=False, dkim_pass=False)
    assert "Not delivered" not in words(desk.card("DB-1001"))
    assert "Looks like *DB-1001*" not in words(desk.card("DB-1002")), "a robot is no suggestion"


async def test_a_bounce_of_a_mail_that_is_not_ours_is_no_news_of_a_ticket(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, "<1@customer.example>")
    assert "Not delivered" not in words(desk.card("DB-1001"))
    assert len(desk.inbox()) == 1


async def test_a_dead_address_is_blocked_and_can_be_unblocked(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, await answered(desk), because="550 5.1.1 User unknown")
    assert "maria@customer.example" in words(await desk.command(ANA, "/support blocked"))
    await desk.command(ANA, "/support unblock maria@customer.example")
    assert "No address is blocked" in words(await desk.command(ANA, "/support blocked"))


async def test_a_full_mailbox_is_not_blocked(desk: Desk) -> None:
    await opened(desk)
    await returned(desk, await answered(desk))
    assert "No address is blocked" in words(await desk.command(ANA, "/support blocked"))
