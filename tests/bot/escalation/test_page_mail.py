"""The page by e-mail: to staff, past whatever else waits for SMTP."""

from __future__ import annotations

import base64
import email
import email.policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tests.bot.escalation.switchboard import Switchboard

TO = "oncall@acme.example"


def received(board: Switchboard) -> tuple[str, EmailMessage]:
    """The envelope's sender and the mail."""
    (mail,) = board.sandbox.mailbox.inbox()
    assert mail["envelope_to"] == [TO]
    raw = base64.b64decode(mail["raw"])
    return mail["envelope_from"], email.message_from_bytes(raw, policy=email.policy.default)


async def test_it_says_what_a_call_says_and_is_answered_by_no_robot(board: Switchboard) -> None:
    await board.tell("by_mail", to=TO)
    await board.work()
    envelope_from, mail = received(board)
    assert envelope_from == "<>"
    assert str(mail["From"]) == "Acme Shop Support <support@acme.example>"
    assert str(mail["Subject"]).startswith("Page (urgent): DB-1001 Billing: Is the shop down? xxx")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Deskbell-Loop"] == "acme.example"
    assert mail["Message-ID"].startswith("<deskbell.page.1.")
    text = mail.get_content().replace("\r\n", "\n")
    for words in (
        "Ticket:   DB-1001\n",
        "Queue:    Billing\n",
        "http://127.0.0.1/traces/trace-1?",
        "Acknowledge",
    ):
        assert words in text
    assert "maria" not in text.lower()
    assert await board.steps() == ["paged_by_mail"]


async def test_none_goes_out_once_somebody_has_acknowledged(board: Switchboard) -> None:
    await board.tell("by_mail", to=TO)
    await board.acknowledge()
    await board.work()
    assert board.sandbox.mailbox.inbox() == []
    assert await board.steps() == ["page_skipped"]


async def test_it_is_sent_once_to_each_address(board: Switchboard) -> None:
    await board.tell("by_mail", to=TO)
    await board.tell("by_mail", to=TO)
    await board.work()
    received(board)


async def test_it_does_not_wait_behind_mail_to_customers(board: Switchboard) -> None:
    await board.tell("by_mail", to=TO)
    (entry,) = await board.entries()
    assert entry.lane == "smtp.page"


async def test_an_address_that_is_refused_is_told_to_the_operators(board: Switchboard) -> None:
    board.sandbox.smtp_reject(TO, "550 5.1.1 no such user")
    await board.tell("by_mail", to=TO)
    await board.work()
    (notice,) = board.notices()
    assert "Could not deliver email.page to smtp.page: 550 5.1.1 no such user" in notice
