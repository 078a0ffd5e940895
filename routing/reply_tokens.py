"""Signed marks that tie a customer's answer to its ticket, whatever a mail program does to the headers.

The number alone can be guessed, so it is signed: in the reply address (`support+DB1042.<mark>@`) and behind the
ticket's number in the subject (`[DB-1042] (<mark>)`). Marks are lower-case base32: they survive mail systems that
fold the case of a local part (RFC 5233 for the `+`).
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESS_MARK = 16
"""Characters, 80 bits: nobody sees the address but the customer, and it must not be guessed at any rate."""
_SUBJECT_MARK = 6
"""Characters, 30 bits: short enough for a subject; the participant check stands behind it."""


class ReplyTokens:
    """Makes and reads the marks of one desk."""

    def __init__(self, *, secret: str, prefix: str, addresses: Iterable[str]) -> None:
        """`prefix` is that of ticket numbers; `addresses` are the desk's own, in lower case."""
        self._key = secret.encode()
        self._prefix = prefix
        self._addresses = frozenset(addresses)
        escaped = re.escape(prefix)
        self._in_local_part = re.compile(
            rf"{escaped}(\d{{1,15}})\.([a-z2-7]{{{_ADDRESS_MARK}}})", re.IGNORECASE
        )
        self._in_subject = re.compile(
            rf"\[{escaped}-(\d{{1,15}})\]\s*\(([a-z2-7]{{{_SUBJECT_MARK}}})\)", re.IGNORECASE
        )
        self._number = re.compile(rf"\[{escaped}-(\d{{1,15}})\]", re.IGNORECASE)

    def address(self, ticket_id: int, *, base: str) -> str:
        """The Reply-To of a ticket's mails."""
        local, _, domain = base.rpartition("@")
        return f"{local}+{self._prefix}{ticket_id}.{self._mark('address', ticket_id, _ADDRESS_MARK)}@{domain}"

    def subject_mark(self, ticket_id: int) -> str:
        """What stands in parentheses behind the number in the subject."""
        return self._mark("subject", ticket_id, _SUBJECT_MARK)

    def message_mark(self, outbox_id: int) -> str:
        """Part of the Message-ID of what an outbox entry mails: nobody else can name a mail that was never seen."""
        return self._mark("message-id", outbox_id, _ADDRESS_MARK)

    def ticket_of_addresses(self, addresses: Iterable[str]) -> tuple[int, str] | None:
        """The ticket that one of these recipients is signed for, and that address."""
        for address in addresses:
            local, _, domain = address.rpartition("@")
            base, _, extension = local.partition("+")
            found = self._in_local_part.fullmatch(extension)
            if found is None or f"{base}@{domain}".lower() not in self._addresses:
                continue
            ticket_id = int(found[1])
            if self._is_mark(found[2], "address", ticket_id, _ADDRESS_MARK):
                return ticket_id, address
        return None

    def ticket_of_subject(self, subject: str) -> tuple[int, str] | None:
        """The ticket whose signed number stands in the subject, and those words."""
        for found in self._in_subject.finditer(subject):
            ticket_id = int(found[1])
            if self._is_mark(found[2], "subject", ticket_id, _SUBJECT_MARK):
                return ticket_id, found[0]
        return None

    def number_in_subject(self, subject: str) -> int | None:
        """A ticket number without a valid mark: a hint for a person, never a proof."""
        found = self._number.search(subject)
        return int(found[1]) if found else None

    def _mark(self, use: str, ticket_id: int, length: int) -> str:
        digest = hmac.digest(self._key, f"reply-token\n{use}\n{ticket_id}".encode(), "sha256")
        return base64.b32encode(digest).decode().lower()[:length]

    def _is_mark(self, given: str, use: str, ticket_id: int, length: int) -> bool:
        return hmac.compare_digest(given.lower(), self._mark(use, ticket_id, length))
