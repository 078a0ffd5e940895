"""Where a signature or a disclaimer begins at the end of somebody's words.

Lines are given by the half-open range in which they stand; the last one must hold words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from routing import mail_phrases, patterns

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_SIGNATURE: Final = 16
"""Lines under "-- ". RFC 3676 remembers four, offices write more."""
_LONGEST_LOOSE: Final = 8
"""Lines under a stroke that people also draw between paragraphs."""
_LONGEST_LINE: Final = 100
_LONGEST_NAME: Final = 3
"""Words."""
_LONGEST_DISCLAIMER: Final = 40
"""Lines of one paragraph."""
_LEGAL_READ: Final = 4000
"""Characters of it."""
_DASHES: Final = "-\u2013\u2014"
_LOOSE: Final = frozenset({"--", "---", "\u2013", "\u2014", "\u2014\u2014"})
_LIST_FOOTER: Final = "_" * 20
"""Mailing lists draw it above their own lines."""

_MOBILE = patterns.compile_pattern(mail_phrases.MOBILE, groups=False)
_FOOTER = patterns.compile_pattern(mail_phrases.FOOTER, groups=False)
_LEGAL = tuple(
    patterns.compile_pattern(words, groups=False)
    for words in (mail_phrases.CONFIDENTIAL, mail_phrases.MAIL, mail_phrases.RECIPIENT)
)


def signature(lines: Sequence[str], start: int, end: int) -> int | None:
    """The line where the signature begins, if one ends these lines."""
    first = max(start, end - _LONGEST_SIGNATURE - 1)
    delimiter = next((at for at in range(first, end - 1) if _is_delimiter(lines, at, end)), None)
    if delimiter is not None:
        return delimiter
    return end - 1 if _is_mobile(lines[end - 1].strip()) or _is_dashed_name(lines, start, end) else None


def _is_delimiter(lines: Sequence[str], at: int, end: int) -> bool:
    """`-- ` is the delimiter of RFC 3676, 4.3; other strokes need a short block below."""
    if lines[at] == "-- ":
        return True
    if lines[at].strip() not in _LOOSE and not lines[at].startswith(_LIST_FOOTER):
        return False
    below = lines[at + 1 : end]
    return len(below) <= _LONGEST_LOOSE and all(len(line) <= _LONGEST_LINE or "://" in line for line in below)


def _is_mobile(line: str) -> bool:
    return len(line) <= _LONGEST_LINE and "?" not in line and patterns.occurs(_MOBILE, line)


def _is_dashed_name(lines: Sequence[str], start: int, end: int) -> bool:
    """A name such as "-Ana Silva" in a paragraph of its own, and not the only entry of a list."""
    line = lines[end - 1].strip()
    if not line.startswith(tuple(_DASHES)) or end - start < 3 or lines[end - 2].strip():  # noqa: PLR2004 - words, a blank line, the name
        return False
    words = line.strip(_DASHES).split()
    above = next((above for above in reversed(lines[max(start, end - 5) : end - 1]) if above.strip()), "")
    is_name = 0 < len(words) <= _LONGEST_NAME and all(word.isalpha() and word[0].isupper() for word in words)
    return is_name and not above.rstrip().endswith(":")


def disclaimer(lines: Sequence[str], start: int, end: int) -> int | None:
    """The line where the last paragraph begins, if it is a disclaimer."""
    first = end - 1
    while first > start and lines[first - 1].strip() and end - first < _LONGEST_DISCLAIMER:
        first -= 1
    paragraph = " ".join(lines[first:end])[:_LEGAL_READ]
    is_legal = all(patterns.occurs(words, paragraph) for words in _LEGAL)
    return first if is_legal or patterns.occurs(_FOOTER, paragraph) else None
