"""What the status of a bounce says, in words for the people of the desk (RFC 3463, 3)."""

from __future__ import annotations

from typing import Final

_DETAILS: Final = {
    "1.1": "no such address",
    "1.2": "no such domain",
    "1.3": "not a valid address",
    "1.6": "the mailbox has moved",
    "1.10": "the domain takes no mail",  # RFC 7505
    "2.1": "the mailbox is disabled",
    "2.2": "mailbox full",
    "2.3": "the mail is too large",
    "3.4": "the mail is too large",
    "4.1": "the server does not answer",
    "4.4": "no way to the server",
    "4.6": "a loop between mail servers",
    "4.7": "tried for too long",
    "7.1": "refused by the server's policy",
}
_CLASSES: Final = {"4": "not deliverable at the moment", "5": "refused for good"}


def phrase(status: str) -> str:
    """`5.2.2` as `mailbox full (5.2.2)`."""
    kind, _, detail = status.partition(".")
    words = _DETAILS.get(detail) or _CLASSES.get(kind, "not delivered")
    return f"{words} ({status})"
