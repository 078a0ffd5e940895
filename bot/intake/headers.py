"""Header values of a mail as values: addresses, Message-IDs, times. Nothing here raises on hostile text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

from bot.intake import charset
from routing.email import Address, clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_VALUE = 64 * 1024
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets
_LONGEST_IDENTIFIER = 998  # RFC 5322, 2.1.1: one line
_MOST_IDENTIFIERS = 100

_ADDR_SPEC = re.compile(r"[^\s@<>,;\"()\[\]:]{1,64}@[^\s@<>,;\"()]{1,255}")
_NEEDS_GRAMMAR = re.compile(r"[\"(),;:\\]")
_IDENTIFIER = re.compile(r"<[^<>\s]+>")


def line(value: str) -> str:
    """Any header value for people: encoded words decoded, on one line, free of hiding characters."""
    return clean_line(charset.decode_words(value[:_LONGEST_VALUE]))


def address(email: str, name: str = "") -> Address | None:
    """A mailbox, or None where the first part is no `local@domain`."""
    email = clean_line(email).strip("<> ").lower()
    if len(email) > _LONGEST_ADDRESS or not _ADDR_SPEC.fullmatch(email):
        return None
    return Address(email=email, name=line(name).strip("\"' ") if name else "")


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address list (RFC 5322, 3.4), groups flattened; what is no mailbox is left out."""
    value = value[:_LONGEST_VALUE].strip()
    if not value:
        return ()
    if _NEEDS_GRAMMAR.search(value) is None:
        name, bracket, email = value.rpartition("<")
        pairs = [(name, email)] if bracket else [("", value)]
    else:
        pairs = _by_grammar(value)
    found = tuple(found for name, email in pairs if (found := address(email, name)))
    return found or tuple(Address(email=email.lower()) for email in _ADDR_SPEC.findall(value))


def _by_grammar(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value])
    except (ValueError, LookupError, RecursionError):  # RecursionError: thousands of "("
        return []


def message_ids(value: str) -> tuple[str, ...]:
    """Message-IDs with their angle brackets, in order. Of too many the first and the newest are kept."""
    if not value:
        return ()
    value = clean_line(value)
    found = _IDENTIFIER.findall(value) or [f"<{word}>" for word in re.split(r"[\s,<>]+", value) if word]
    found = [identifier for identifier in found if len(identifier) <= _LONGEST_IDENTIFIER]
    return tuple(found if len(found) <= _MOST_IDENTIFIERS else [found[0], *found[1 - _MOST_IDENTIFIERS :]])


def first(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    """The topmost value of a header; the name in lower case."""
    return next((value for key, value in headers if key.lower() == name), None)


def topmost(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The topmost value of each header, by its name in lower case; for whoever asks for several."""
    return {key.lower(): value for key, value in reversed(headers)}


def moment(value: str) -> datetime:
    """A time from ISO 8601 or RFC 5322 text, in UTC; one without a zone is taken as UTC.

    Raises:
        ValueError: It is neither.
    """
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        at = _by_mail_grammar(value)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no time") from error


def _by_mail_grammar(value: str) -> datetime:
    try:
        return parsedate_to_datetime(value)
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise ValueError("is no time") from error
