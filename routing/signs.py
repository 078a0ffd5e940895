"""Signs of a robot in headers, subject and sender; never in the body: a customer may quote any robot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from routing.email import InboundEmail

    Sign = Callable[[InboundEmail], bool]


def header(name: str, pattern: str = "") -> Sign:
    """A header whose value begins with the pattern; without one the header alone."""
    compiled = re.compile(rf"\s*(?:{pattern})", re.IGNORECASE | re.DOTALL)
    return lambda email: any(compiled.match(value) for value in email.header_all(name))


def report(kind: str) -> Sign:
    """A report (RFC 6522) whose type begins with the pattern."""
    return header("Content-Type", rf"multipart/report\b.*\breport-type\s*=\s*\"?{kind}")


def subject(pattern: str | re.Pattern[str]) -> Sign:
    """A subject in which the pattern stands."""
    compiled = re.compile(pattern, re.IGNORECASE) if isinstance(pattern, str) else pattern
    return lambda email: compiled.search(email.subject) is not None


def sender(pattern: str) -> Sign:
    """The local part of the From address, whatever the display name says; an extension may follow."""
    compiled = re.compile(rf"(?:{pattern})(?:[-+_=].*)?$")
    return lambda email: bool(email.sender and compiled.search(email.sender.email.rpartition("@")[0]))


def both(first: Sign, second: Sign) -> Sign:
    """Both of two."""
    return lambda email: first(email) and second(email)


def any_of(*signs: Sign) -> Sign:
    """One of several."""
    return lambda email: any(sign(email) for sign in signs)


def has_list_header(email: InboundEmail) -> bool:
    """List-Id, List-Unsubscribe and the like (RFC 2369, 2919)."""
    return any(name.lower().startswith("list-") for name, _ in email.headers)


def has_null_path(email: InboundEmail) -> bool:
    """Sent so that it cannot bounce (RFC 5321, 4.5.5)."""
    return email.envelope_from == "" or email.header("Return-Path") in {"<>", ""}


def is_calendar_reply(email: InboundEmail) -> bool:
    """An accepted or declined invitation, which mail programs send on a click (RFC 6047, 2.4)."""
    types = (*email.header_all("Content-Type"), *(part.content_type for part in email.attachments))
    return any(re.match(r"text/calendar\b.*\bmethod=\"?reply\b", value, re.IGNORECASE) for value in types)
