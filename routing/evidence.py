"""What a condition looks at, and what it says: whether it held, and the words that made it hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.decision import Entity
    from routing.email import InboundEmail

_MAX_WORDS = 5
_MAX_WORD_LENGTH = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a condition can look at."""

    email: InboundEmail
    tier: str
    entities: tuple[Entity, ...]


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
    for field, seen in hits:
        words.setdefault(field, []).extend(seen)
    if not words:
        return NOT_HELD
    written = str(condition)
    findings = tuple(Finding(written, field, _distinct(seen)) for field, seen in words.items())
    return Verdict(held=True, findings=findings)


def _distinct(words: list[str]) -> tuple[str, ...]:
    """The first few different words, each on one line and short enough to show."""
    different: dict[str, str] = {}
    for word in words:
        line = " ".join(word.split())[:_MAX_WORD_LENGTH]
        different.setdefault(line.casefold(), line)
    return tuple(filter(None, different.values()))[:_MAX_WORDS]
