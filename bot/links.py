"""Finds the addresses in plain text and makes links of them; what may stand in the HTML is for nh3 to say, after it."""

from __future__ import annotations

import re
from typing import Final

from bleach.linkifier import Linker

# Not bleach's own pattern: that one knows a fixed list of top-level domains, in which `.shop` and `.app` are missing.
_URL: Final = re.compile(r"""\b(?:https?://|www\.)[^\s<>"]{1,2000}(?<![\s.,;:!?'])""", re.IGNORECASE)
_WEB = Linker(url_re=_URL)
_WEB_AND_MAIL = Linker(url_re=_URL, parse_email=True)

# bleach needs quadratic time on a line of ampersands and is slow on the rest; beyond this no links are made.
_LONGEST_LINE = 2_000
_LONGEST_TEXT = 200_000


def linkify(escaped: str, *, emails: bool = False) -> str:
    """Text that is escaped already, with its web addresses, and mail addresses if asked for, as `<a href>`."""
    if len(escaped) > _LONGEST_TEXT:
        return escaped
    linker = _WEB_AND_MAIL if emails else _WEB
    return "\n".join(
        linker.linkify(line)
        if len(line) <= _LONGEST_LINE and (_URL.search(line) or (emails and "@" in line))
        else line
        for line in escaped.split("\n")
    )
