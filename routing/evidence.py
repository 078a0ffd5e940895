"""What a condition looks at, and what it says: whether it held, and the words that made it hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from routing import authentication
from routing.haystack import Haystack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from routing.business_hours import BusinessHours
    from routing.circumstances import Circumstances
    from routing.decision import Entity
    from routing.email import InboundEmail
    from routing.entities import Extraction

_MAX_WORDS = 5
_MAX_WORD_LENGTH = 80

Seen = tuple[str, Haystack]
"""The name of a field as people read it, and its text."""


@dataclass(kw_only=True, eq=False)
class Evidence:
    """All that a condition can look at; each part is worked out when the first condition asks for it.

    Not frozen: one is made for each mail, and that doubles the price. Nobody writes to it.
    """

    email: InboundEmail
    known: Circumstances
    extraction: Extraction
    business_hours: BusinessHours
    _texts: dict[str, list[Seen]] = field(default_factory=dict, init=False)

    def texts(self, channel: str) -> Sequence[Seen]:
        """The texts of one kind: `subject`, `recipient`, `header:x-campaign`, `entity:order_id`, ..."""
        found = self._texts.get(channel)
        if found is None:
            name, _, argument = channel.partition(":")
            read = _READERS[name](self, argument)
            found = self._texts[channel] = [(name, Haystack(text)) for name, text in read if text is not None]
        return found

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """What the mail names."""
        fields = ("subject", "text", "filename")
        return self.extraction.of(seen for field in fields for seen in self.texts(field))

    @cached_property
    def is_in_business_hours(self) -> bool:
        """Whether somebody was at work when the mail came."""
        return self.business_hours.is_open(self.email.received_at)

    def attribute(self, name: str) -> str | float | bool | None:
        """What the directory says of the requester; None where it says nothing."""
        requester = self.known.lookup.requester if self.known.lookup else None
        if requester is None:
            return None
        if name in requester.attributes:
            return requester.attributes[name]
        value = getattr(requester, name, None) if name in _ATTRIBUTES else None
        return value if isinstance(value, str) else None


_ATTRIBUTES = {"name", "company", "tier", "segment"}


def _sender(evidence: Evidence, _argument: str) -> Iterator[tuple[str, str | None]]:
    if sender := evidence.email.sender:
        yield "sender", sender.email
        yield "sender", sender.domain


def _recipient(evidence: Evidence, _argument: str) -> Iterator[tuple[str, str | None]]:
    email = evidence.email
    for name, addresses in (("to", email.to), ("cc", email.cc)):
        yield from ((name, address.email) for address in addresses)
    yield from (("envelope", address.lower()) for address in email.envelope_to)


def _authentication(evidence: Evidence, _argument: str) -> Iterator[tuple[str, str | None]]:
    result = evidence.known.authentication or authentication.judge(evidence.email, ())
    passed = "pass" in {result.spf, result.dkim, result.dmarc}
    yield "authentication", "fail" if result.is_failed else "pass" if passed else "none"


def _attribute(evidence: Evidence, argument: str) -> Iterator[tuple[str, str | None]]:
    value = evidence.attribute(argument)
    if value is not None:
        yield argument, str(value).lower() if isinstance(value, bool) else str(value)


_READERS: dict[str, Callable[[Evidence, str], Iterable[tuple[str, str | None]]]] = {
    "subject": lambda evidence, _: [("subject", evidence.email.subject)],
    "text": lambda evidence, _: [("text", evidence.email.text)],
    "sender": _sender,
    "recipient": _recipient,
    "tier": lambda evidence, _: [("tier", evidence.known.tier)],
    "language": lambda evidence, _: [("language", evidence.known.language)],
    "authentication": _authentication,
    "header": lambda evidence, name: [("header", value) for value in evidence.email.header_all(name)],
    "entity": lambda evidence, kind: [(e.field, e.value) for e in evidence.entities if e.kind == kind],
    "filename": lambda evidence, _: [("attachment", file.filename) for file in evidence.email.attachments],
    "content_type": lambda evidence, _: [
        ("attachment", file.content_type.partition(";")[0].strip()) for file in evidence.email.attachments
    ],
    "detected_type": lambda evidence, _: [("attachment", kind) for kind in evidence.known.detected_types],
    "attribute": _attribute,
}
"""How the texts of each kind are read."""


class Finding(NamedTuple):
    """One condition that held: as its author wrote it, where, and the words that made it hold."""

    condition: str
    field: str
    words: tuple[str, ...]


class Verdict(NamedTuple):
    """Whether a condition held, and by what."""

    held: bool
    findings: tuple[Finding, ...] = ()


NOT_HELD = Verdict(held=False)


def judge(condition: object, hits: Iterator[tuple[str, list[str]]]) -> Verdict:
    """Sum up the (field, words) pairs in which a condition holds: one finding a field; without one it does not hold."""
    words: dict[str, list[str]] = {}
    for name, seen in hits:
        words.setdefault(name, []).extend(seen)
    if not words:
        return NOT_HELD
    written = str(condition)
    findings = tuple(Finding(written, field, _distinct(seen)) for field, seen in words.items())
    return Verdict(held=True, findings=findings)


def one_line(text: str) -> str:
    """A value short enough to show."""
    return " ".join(text[: 2 * _MAX_WORD_LENGTH].split())[:_MAX_WORD_LENGTH]


def _distinct(words: list[str]) -> tuple[str, ...]:
    """The first few different words, each on one line and short enough to show."""
    different: dict[str, str] = {}
    for word in words:
        line = " ".join(word.split())[:_MAX_WORD_LENGTH]
        different.setdefault(line.casefold(), line)
    return tuple(filter(None, different.values()))[:_MAX_WORDS]
