"""The subject line as mail programs of many languages build it."""

from __future__ import annotations

import re

# "Reply" and "forward", some with a counter: `Re[2]:`.
_PREFIXES = re.compile(
    r"(?:\s*(?:re|aw|antw|antwort|sv|vs|rv|res|ref|rif|odp|ynt|bls|回复|回覆|答复|返信"
    r"|fwd?|wg|tr|enc|doorst|vl|pd|ilt|转发|轉寄)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:\uff1a])+",
    re.IGNORECASE,
)


def bare(subject: str) -> str:
    """The subject without the prefixes of replies and forwards, however many."""
    found = _PREFIXES.match(subject)
    return subject[found.end() if found else 0 :].strip()
