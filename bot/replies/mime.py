"""How headers of our mails are written.

The standard library folds some of them wrongly: it adds spaces where it mixes encoded words with plain ones
(https://github.com/python/cpython/issues/144156), and makes encoded words of long Message-IDs.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address, AddressHeader, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from email.policy import Policy


class _SubjectHeader(UnstructuredHeader, BaseHeader):
    """A subject, in encoded words throughout or not at all."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {_words(self.name, str(self), policy)}{policy.linesep}"


class _MailboxHeader(AddressHeader, BaseHeader):  # type: ignore[misc]  # two stubs of one library disagree
    """One mailbox, its name in encoded words throughout or not at all."""

    def fold(self, *, policy: Policy) -> str:
        (address,) = self.addresses
        value = str(address)
        if not address.display_name.isascii():
            name = _words(self.name, address.display_name, policy)
            value = f"{name}{policy.linesep} <{address.addr_spec}>"
        return f"{self.name}: {value}{policy.linesep}"


class _IdentifiersHeader(UnstructuredHeader, BaseHeader):
    """Message-IDs, folded between ids only."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {(policy.linesep + ' ').join(str(self).split())}{policy.linesep}"


def _words(header: str, value: str, policy: Policy) -> str:
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, header_name=header).encode(linesep=policy.linesep)


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", _SubjectHeader)
    for name in ("from", "to"):
        registry.map_to_type(name, _MailboxHeader)
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _IdentifiersHeader)
    return registry


# 7bit: not every relay on the way knows 8BITMIME.
POLICY: Final = SMTP.clone(header_factory=_registry(), cte_type="7bit")


def mailbox(email: str, name: str) -> Address:
    """A mailbox for a header. The address has passed the gate; it is not parsed again."""
    local, _, domain = email.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)
