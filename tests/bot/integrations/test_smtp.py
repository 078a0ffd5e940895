"""What a mail server says is told apart: about this address, about this mail, or about the server itself."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from bot.errors import (
    DeliveryError,
    RecipientBusyError,
    RecipientRefusedError,
    TransientError,
)
from bot.integrations.smtp import SmtpMailSender

if TYPE_CHECKING:
    from bot.sandbox import Sandbox

MARIA = "maria@customer.example"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("451 4.7.1 greylisted, come back later", RecipientBusyError),
        ("452 4.2.2 mailbox full", RecipientBusyError),
        ("450 try again later", RecipientBusyError),
        ("451 4.3.0 try again later", TransientError),
        ("451 out of order", TransientError),
        ("421 4.3.2 shutting down", TransientError),
        ("550 5.1.1 no such user", RecipientRefusedError),
    ],
)
async def test_an_answer_is_about_the_address_or_about_the_server(
    sandbox: Sandbox, answer: str, error: type[DeliveryError]
) -> None:
    """What is about one address never pauses the mail of the others."""
    sandbox.smtp_reject(MARIA, answer)
    sender = SmtpMailSender(host="127.0.0.1", port=sandbox.smtp_port, security="none")
    message = EmailMessage()
    message["From"], message["To"] = "support@acme.example", MARIA
    with pytest.raises(DeliveryError) as caught:
        await sender.send(message, envelope_from="", recipient=MARIA)
    assert type(caught.value) is error


async def test_no_server_at_all_is_a_trouble_of_the_server() -> None:
    sender = SmtpMailSender(host="127.0.0.1", port=1, security="none")
    with pytest.raises(TransientError):
        await sender.send(EmailMessage(), envelope_from="", recipient=MARIA)
