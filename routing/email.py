"""The normalised mail: what every provider's payload becomes before anything is decided about it."""

from __future__ import annotations

import re
from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue


class Address(BaseModel):
    """One mailbox of RFC 5322: a display name (may be empty) and an addr-spec in lower case."""

    model_config = ConfigDict(frozen=True)

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


class Attachment(BaseModel):
    """What is known of a file without its bytes; those stay in the stored raw body, at the same position."""

    model_config = ConfigDict(frozen=True)

    filename: str
    content_type: str
    size: int
    """Bytes after decoding."""
    url: str | None = None
    """Where the provider keeps the bytes, if it does not send them along."""
    content_id: str | None = None
    """What the HTML part calls it, `<img src="cid:…">`; without angle brackets (RFC 2392)."""


class InboundEmail(BaseModel):
    """One mail as the rules, the card and the trace see it.

    Text fields are cleaned of control and bidirectional characters, so that no later reader has to. Message-IDs
    keep their angle brackets (RFC 5322, 3.6.4). `references` runs from the oldest ancestor to the newest.
    """

    model_config = ConfigDict(frozen=True)

    received_at: datetime
    provider_id: str | None = None
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    """The readable body: the text part, or the HTML part rendered as text."""
    html: str = ""
    """The HTML part as it came: hostile until it is sanitised for showing."""
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    envelope_from: str | None = None
    """The SMTP reverse-path; the empty string is the null path `<>` of bounces (RFC 5321, 4.5.5)."""
    envelope_to: tuple[str, ...] = ()
    delivery_status: str | None = None
    """What a bounce says of each recipient (message/delivery-status, RFC 3464, 2); `bounces` reads it."""
    returned_message_id: str | None = None
    """Message-ID of the message that a report gives back (RFC 6522, 3)."""
    spf_pass: bool | None = None
    dkim_pass: bool | None = None
    extra: dict[str, JsonValue] = {}
    """Fields that the provider sent and no reader knows yet."""

    def header(self, name: str) -> str | None:
        """The first value of a header, by case-insensitive name."""
        return next(iter(self.header_all(name)), None)

    def header_all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, topmost first."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    @property
    def size(self) -> int:
        """Bytes of its texts and, as they were declared, of its attachments."""
        texts = len(self.subject.encode()) + len(self.text.encode()) + len(self.html.encode())
        return texts + sum(attachment.size for attachment in self.attachments)

    @property
    def answer_to(self) -> Address | None:
        """Where an answer goes: Reply-To if given, else From (RFC 5322, 3.6.2)."""
        return self.reply_to or self.sender


# C0 and C1 controls but tab and newline, line and paragraph separators, bidirectional overrides and isolates.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LINE_BREAKS = re.compile(r"[\t\r\n\u2028\u2029\x85\x0b\x0c]+[ \t]*")


def clean_line(value: str) -> str:
    """A header value on one line: an encoded word may have smuggled a line break in (header injection)."""
    if value.isprintable():  # the usual case, at a tenth of the price
        return value.strip()
    return _UNWANTED.sub("", _LINE_BREAKS.sub(" ", value)).strip()


def clean_text(value: str) -> str:
    r"""A body with `\n` line ends and without characters that hide or reorder what is read."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if value.replace("\n", "").replace("\t", "").isprintable():  # the usual case, at a tenth of the price
        return value
    return _UNWANTED.sub("", value)
