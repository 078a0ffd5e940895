"""What the mail servers on the way said about spam; the desk itself judges nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.email import InboundEmail

_VERDICTS = tuple(
    (name, re.compile(rf"\s*{word}\b", re.IGNORECASE))
    for name, word in (
        ("X-Spam-Flag", "yes"),  # SpamAssassin
        ("X-Spam-Status", "yes"),  # SpamAssassin, Postmark
        ("X-Mailgun-Sflag", "yes"),
        ("X-SES-Spam-Verdict", "fail"),
    )
)


def verdict(email: InboundEmail) -> str | None:
    """The header that calls the mail spam, or None. A sender who writes it himself harms nobody else."""
    for name, says_so in _VERDICTS:
        for value in email.header_all(name):
            if says_so.match(value):
                return f"{name}: {value.strip()[:80]}"
    return None
