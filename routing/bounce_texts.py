"""Bounces in a server's own words: qmail, Exim, old Exchange, Gmail, Amazon SES, Sendmail.

They agree on little: a line begins with the address that failed, what follows until a blank line says why, and below
a ruler stands the message that came back.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_NOTICE = 64 * 1024
_LONGEST_RULER = 200
_UNKNOWN = "5.0.0"

_ADDR_SPEC = r"([^\s<>@()\[\]\",;:]{1,64}@[^\s<>@()\[\]\",;:]{1,255}\.[^\s<>@()\[\]\",;:.]{2,63})"
_LINE_OF_ADDRESS = re.compile(rf"[\s*>-]{{0,40}}<?{_ADDR_SPEC}>?(?=\s*(?:$|[:;(,]|on\s))(.*)", re.IGNORECASE)
_IN_A_SENTENCE = re.compile(
    rf"(?:your|the following) message (?:to|could not be delivered to|wasn't delivered to) <?{_ADDR_SPEC}>?(.*)",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"-{3,}.*\b(?:cop(?:y|ies)|original|returned|unsent|undelivered|message header)\b|(?:return-path|received):",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(
    r"^[ \t>]{0,20}message-id:[ \t]{0,20}(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE
)

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ -])")  # RFC 5321, 4.2
_WORDS = (
    # A full mailbox is emptied some day, whatever the server thinks of it.
    (
        "4.2.2",
        re.compile(
            r"(?:mailbox|inbox).{0,20}\bfull|over quota|quota exceeded|exceeded.{0,20}quota", re.IGNORECASE
        ),
    ),
    (
        "5.1.1",
        re.compile(
            r"(?:user|recipient|address(?:ee)?|mailbox)(?: name)?\b.{0,20}\b(?:unknown|not (?:found|recogni[sz]ed))"
            r"|unknown (?:user|recipient|address)|no such (?:user|mailbox|recipient|address|person)|no mailbox here"
            r"|(?:doesn't|does not|couldn't|could not) (?:exist|be found)",
            re.IGNORECASE,
        ),
    ),
    ("4.0.0", re.compile(r"\btemporar|try again later|will be retried|\bdeferred\b", re.IGNORECASE)),
)


class Found(NamedTuple):
    """An address that failed, and why."""

    address: str
    status: str
    diagnostic: str


def recipients(text: str, *, named: Sequence[str] = ()) -> Iterator[Found]:
    """Yield the addresses that a notice gives up, each once, in its order.

    Args:
        text: the notice, perhaps with the returned message below.
        named: addresses that a header names; then no others count.
    """
    notice = _notice(text)
    told: dict[str, str] = {}
    for address, diagnostic in _paragraphs(notice):
        told.setdefault(address, diagnostic)
    line, code = _telling_line(notice), status(" ".join(notice))
    for address in dict.fromkeys(named or told):
        diagnostic = told.get(address) or line
        yield Found(address, _status(diagnostic) or code, diagnostic)


def returned_message_id(text: str) -> str | None:
    """Message-ID in the headers of the message that stands below a notice."""
    found = _MESSAGE_ID.search(text)
    return found.group(1) if found else None


def status_code(text: str) -> str | None:
    """The first status code of RFC 3463 in a text."""
    found = _STATUS.search(text)
    return found.group(1) if found else None


def status(text: str) -> str:
    """The status that a text tells by code or in words; without either the failure counts as permanent."""
    return _status(text) or _UNKNOWN


def _status(text: str) -> str | None:
    if code := status_code(text):
        return code
    if reply := _REPLY_CODE.search(text):
        return f"{reply.group(1)}.0.0"
    return next((code for code, words in _WORDS if words.search(text)), None)


def _notice(text: str) -> list[str]:
    lines = text[:_LONGEST_NOTICE].split("\n")
    return list(takewhile(lambda line: not _RETURNED.match(line[:_LONGEST_RULER]), lines))


def _paragraphs(notice: list[str]) -> Iterator[tuple[str, str]]:
    """Each address with what follows it, on one line."""
    address, said = "", list[str]()
    for line in (*notice, ""):
        found = _LINE_OF_ADDRESS.match(line) or _IN_A_SENTENCE.match(line.lstrip())
        if address and (found or not line.strip()):
            yield address, " ".join(" ".join(said).split()).lstrip(":;,. ")
            address = ""
        if found:
            address, said = found.group(1).lower(), [found.group(2)]
        elif address:
            said.append(line)


def _telling_line(notice: list[str]) -> str:
    return next((line.strip() for line in notice if _status(line)), "")
