"""Where an old mail begins inside a new one: what mail programs, not people, write above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from routing import mail_phrases, quotation
from routing.mail_phrases import Header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADER_LINES: Final = 24
"""Of a block with long lists of recipients."""
_FEWEST_HEADERS: Final = 3
_LONGEST_LINE: Final = 400
"""Characters that are read of one line."""
_SHORTEST_RULE: Final = 5
_STROKES: Final = "-_=*~\u2014"
_DRAWN: Final = frozenset(f"{_STROKES} ")
_COLONS: Final = (":", "\uff1a")
_MARGIN: Final = " \t\u00a0*"
"""Around labels and values; some programs write bold as `*From:*`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What stands above an old mail."""

    end: int
    """The line after it."""
    is_forward: bool = False
    """Whether it says that the mail is passed on, not answered."""
    is_certain: bool = True
    """Whether it needs no quoted line below to be believed."""
    headers: Mapping[Header, str] = field(default_factory=dict)


def at(lines: Sequence[str], start: int) -> Head | None:
    """The head that begins at this line, if one does. Looks at a few lines only, whatever they hold."""
    if _is_rule(lines[start]):
        below = next_words(lines, start + 1, within=3)
        return None if below is None or _is_rule(lines[below]) else at(lines, below)
    return _separator(lines, start) or _header_block(lines, start) or _attribution(lines, start)


def next_words(lines: Sequence[str], start: int, *, within: int) -> int | None:
    """The next line that is not blank."""
    return next((at for at in range(start, min(start + within, len(lines))) if lines[at].strip()), None)


def _is_rule(line: str) -> bool:
    return len(line.strip()) >= _SHORTEST_RULE and _DRAWN.issuperset(line.strip())


def _separator(lines: Sequence[str], start: int) -> Head | None:
    """A line such as -----Original Message----- or "Begin forwarded message:", with the header block below it."""
    line = lines[start][:_LONGEST_LINE].strip()
    phrase = line.strip(f"{_STROKES} :\uff1a").casefold()
    is_drawn = line.startswith(tuple(_STROKES))
    is_forward = is_drawn and phrase in mail_phrases.FORWARDED
    is_forward |= line.endswith(_COLONS) and phrase in mail_phrases.FORWARD_BEGINS
    if not is_forward and not (is_drawn and phrase in mail_phrases.ORIGINAL):
        return None
    below = next_words(lines, start + 1, within=4)
    block = None if below is None else _header_block(lines, below)
    if block is None:
        return Head(end=start + 1, is_forward=is_forward)
    return Head(end=block.end, is_forward=is_forward, headers=block.headers)


def _header_block(lines: Sequence[str], start: int) -> Head | None:
    """Header fields in a row, perhaps folded or with blank lines between; sender and subject are among them."""
    headers: dict[Header, str] = {}
    end = start
    for position in range(start, min(start + _HEADER_LINES, len(lines))):
        name, value = _header(lines[position])
        if name is not None:
            headers.setdefault(name, value)
            end = position + 1
        elif not headers or not (lines[position].strip() or _is_header(lines, position + 1)):
            break
    if len(headers) < _FEWEST_HEADERS or not headers.keys() >= {Header.FROM, Header.SUBJECT}:
        return None
    return Head(end=end, headers=headers)


def _is_header(lines: Sequence[str], position: int) -> bool:
    return position < len(lines) and _header(lines[position])[0] is not None


def _header(line: str) -> tuple[Header | None, str]:
    label, _, value = line[:_LONGEST_LINE].lstrip(f">{_MARGIN}").replace("\uff1a", ":").partition(":")
    return mail_phrases.HEADERS.get(label.strip(_MARGIN).casefold()), value.strip(_MARGIN)


def _attribution(lines: Sequence[str], start: int) -> Head | None:
    found = quotation.attribution(lines, start)
    return Head(end=found.end, is_certain=found.is_certain) if found else None
