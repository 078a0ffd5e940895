"""The parts of a mail's text: own words, quotations, a forwarded mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from routing import mail_head, quotation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routing.mail_phrases import Header

_LINES_READ: Final = 2000
"""Later lines belong to whatever the last of these belongs to: hostile mail has half a million."""
_GAP: Final = 8
"""Lines from an attribution to its quotation, most of them blank."""


class Kind(Enum):
    """Whose words they are."""

    OWN = auto()
    QUOTE = auto()
    FORWARD = auto()


@dataclass(slots=True)
class Part:
    """Neighbouring lines of one kind, half-open. Begins with words; blank lines below belong to it."""

    kind: Kind
    start: int
    end: int
    is_clear: bool = True
    """False for a single line with ">", which may be arithmetic."""
    headers: Mapping[Header, str] = field(default_factory=dict)
    """Of a forwarded mail, as far as they are shown."""


def divide(lines: Sequence[str], *, is_forward: bool) -> list[Part]:
    """Name the parts from top to bottom; no two neighbours are of one kind.

    Args:
        lines: the text.
        is_forward: whether a block of headers begins a forwarded mail, not an old one.
    """
    parts: list[Part] = []
    position = 0
    while position < min(len(lines), _LINES_READ):
        if not lines[position].strip():
            position += 1
            continue
        part = _part_at(lines, position, is_forward=is_forward)
        position = part.end
        if parts and parts[-1].kind is part.kind:
            parts[-1].is_clear = True
        else:
            parts.append(part)
    for part, below in pairwise(parts):
        part.end = below.start
    if parts:
        parts[-1].end = len(lines)
    return parts


def _part_at(lines: Sequence[str], start: int, *, is_forward: bool) -> Part:
    if quotation.is_quoted(lines[start]):
        return Part(Kind.QUOTE, start, start + 1, is_clear=False)
    head = mail_head.at(lines, start)
    if head is None:
        return Part(Kind.OWN, start, start + 1)
    if head.is_forward or (is_forward and head.headers):
        return Part(Kind.FORWARD, start, len(lines), headers=head.headers)
    below = mail_head.next_words(lines, head.end, within=_GAP)
    if below is not None and quotation.is_quoted(lines[below]):
        return Part(Kind.QUOTE, start, below + 1)  # answers may stand under the quoted lines
    return Part(Kind.QUOTE, start, len(lines)) if head.is_certain else Part(Kind.OWN, start, start + 1)
