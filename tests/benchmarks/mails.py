"""The mail that every benchmark delivers, signed, each with an id of its own."""

from __future__ import annotations

import hmac
import itertools
from email.message import EmailMessage
from typing import TYPE_CHECKING

from bot.bench import mails

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "webhook-secret-of-the-benchmarks"

_REQUEST = (
    b"POST /webhooks/mailparse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"X-Signature: %b\r\nContent-Length: %d\r\n\r\n%b"
)


def requests() -> Iterator[bytes]:
    """Whole HTTP requests without end, no two with the same mail."""
    return (request(mails.body(number)) for number in itertools.count(1))


def request(body: bytes) -> bytes:
    """A signed webhook."""
    signature = hmac.digest(SECRET.encode(), body, "sha256").hex().encode()
    return _REQUEST % (signature, len(body), body)


def raw(size: int) -> bytes:
    """The same words as RFC 5322, repeated to about `size` bytes."""
    message = EmailMessage()
    message["From"], message["To"] = "Maria Costa <maria@customer.example>", "support@acme.example"
    message["Subject"], message["Message-ID"] = "Where is my parcel?", "<1.lamp@customer.example>"
    message.set_content(mails.TEXT.replace("\r\n", "\n") * (1 + size // len(mails.TEXT)))
    return message.as_bytes()
