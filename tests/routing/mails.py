"""Mails to decide about: a plain one of a person, changed where a test needs it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from routing.email import Address, InboundEmail

DEFAULTS: dict[str, Any] = {
    "received_at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    "sender": Address(email="pat@customer.example", name="Pat Lee"),
    "to": (Address(email="support@acme.example"),),
    "subject": "A question",
    "text": "Good morning, when do you open?",
}


def mail(**changes: Any) -> InboundEmail:
    return InboundEmail(**(DEFAULTS | changes))


def with_header(name: str, value: str, **changes: Any) -> InboundEmail:
    return mail(headers=((name, value),), **changes)
