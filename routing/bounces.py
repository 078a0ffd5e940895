"""What a bounce says: which addresses failed, why, for good or not, and which message came back.

Reports are read by RFC 3464, status codes by RFC 3463; what servers write in plain words is read by `bounce_texts`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routing import bounce_texts, status_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routing.email import InboundEmail

_PERMANENT = "5"  # the class of a status (RFC 3463, 2)
_LONGEST_DIAGNOSTIC = 500
_MOST_RECIPIENTS = 100

_FOLD = re.compile(r"\n[ \t]+")
_TYPED = re.compile(r"[\w-]{1,40}\s*;\s*")  # the type before a value: `rfc822;`, `smtp;`
_ADDRESS = re.compile(r"[^\s<>;,@]{1,64}@[^\s<>;,@]{1,255}")
_NOT_FAILED = (
    "delay",
    "deliver",
    "relay",
    "expand",
)  # Action (RFC 3464, 2.3.3), also as some servers inflect it

# At the start only: the rest may be the subject of the message that came back.
_NO_FAILURE = re.compile(
    r"(?:mail )?(?:deliver[a-z]* )?(?:delay|still being retried)|warning\b|delivered\b|relayed\b|success"
    r"|return receipt|(?:mail )?delivery (?:status notification|report|notification)\b.{0,20}\((?:delay|success|relay)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BouncedRecipient:
    """One address that the message did not reach."""

    address: str
    """As this desk wrote to it, where the report tells; else where forwarding had led."""
    status: str
    """RFC 3463: `5.1.1`. From a server's own words, where it gives no code."""
    diagnostic: str
    """What the refusing server said, on one line; may be empty."""

    def __str__(self) -> str:
        """For people: `maria@customer.example: mailbox full (5.2.2)`."""
        return f"{self.address}: {status_codes.phrase(self.status)}"

    @property
    def is_permanent(self) -> bool:
        """Whether the server says that trying again is no use."""
        return self.status.startswith(_PERMANENT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A message that came back."""

    recipients: tuple[BouncedRecipient, ...]
    """Those that failed; empty where the mail does not name them."""
    original_message_id: str | None

    @property
    def is_permanent(self) -> bool:
        """Whether it is so for every recipient; False where none is known."""
        return bool(self.recipients) and all(recipient.is_permanent for recipient in self.recipients)


def read(email: InboundEmail) -> Bounce:
    """Read a mail that `robots` takes for a bounce; of any other the result means nothing."""
    recipients = tuple(_failed(email.delivery_status or "")) or tuple(_told(email))
    return Bounce(
        recipients=recipients[:_MOST_RECIPIENTS],
        original_message_id=email.returned_message_id
        or bounce_texts.returned_message_id(email.text)
        or next(iter((*email.in_reply_to, *reversed(email.references))), None),
    )


def tells_no_failure(email: InboundEmail) -> bool:
    """Whether a mail server's report is only of a delay or a success."""
    actions = [_is_failed(fields) for fields in _recipient_fields(email.delivery_status or "")]
    return not any(actions) if actions else _NO_FAILURE.match(email.subject.lstrip()) is not None


def _failed(delivery_status: str) -> Iterator[BouncedRecipient]:
    for fields in _recipient_fields(delivery_status):
        address = _address(fields.get("original-recipient", "")) or _address(fields["final-recipient"])
        if address and _is_failed(fields):
            said = _TYPED.sub("", fields.get("diagnostic-code", ""), count=1)
            yield BouncedRecipient(
                address=address,
                status=bounce_texts.status_code(fields.get("status", "")) or bounce_texts.status(said),
                diagnostic=said[:_LONGEST_DIAGNOSTIC],
            )


def _told(email: InboundEmail) -> Iterator[BouncedRecipient]:
    named = email.header("X-Failed-Recipients") or ""
    for found in bounce_texts.recipients(email.text, named=_ADDRESS.findall(named.lower())):
        yield BouncedRecipient(
            address=found.address, status=found.status, diagnostic=found.diagnostic[:_LONGEST_DIAGNOSTIC]
        )


def _recipient_fields(delivery_status: str) -> Iterator[Mapping[str, str]]:
    """The fields of each recipient. Some servers leave out the blank lines that should divide the groups."""
    fields: dict[str, str] = {}
    for line in (*_FOLD.sub(" ", delivery_status).split("\n"), ""):
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        is_next = not line.strip() or (name in fields and name == "final-recipient")
        if is_next and fields:
            if "final-recipient" in fields:
                yield fields
            fields = {}
        if colon:
            fields.setdefault(name, " ".join(value.split()))


def _is_failed(fields: Mapping[str, str]) -> bool:
    action = fields.get("action", "").lower()
    return not action.startswith(_NOT_FAILED) and not fields.get("status", "").startswith("2")


def _address(value: str) -> str:
    found = _ADDRESS.search(_TYPED.sub("", value, count=1).lower())
    return found.group() if found else ""
