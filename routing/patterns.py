"""RE2 as it is, without regard to upper and lower case: for patterns of our own. Authors' ones are `TextPattern`s."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import re2

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_MAX_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take."""
_CONTINUATION_BYTES = range(0x80, 0xC0)
"""Of UTF-8 (RFC 3629, section 3): they never begin a character."""


def compile_pattern(pattern: str, *, groups: bool, max_memory: int = _MAX_MEMORY) -> re.Pattern[bytes]:
    """Compile a case-insensitive RE2 pattern: time linear in the text, whatever an author or a sender writes.

    RE2's objects answer the part of `re.Pattern` that is used here (https://github.com/google/re2/wiki/Syntax).
    Without its groups a match is found sooner.

    Raises:
        ValueError: the pattern is not one of RE2.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = max_memory
    options.never_capture = not groups
    try:
        compiled: re.Pattern[bytes] = re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(f"not a valid RE2 pattern: {error.args[0].decode(errors='replace')}") from error
    return compiled


def occurs(pattern: re.Pattern[bytes], text: str) -> bool:
    """Whether the text holds a match."""
    return pattern.search(text.encode()) is not None


class Match(NamedTuple):
    """One match, with its half-open span of characters."""

    words: str
    value: str
    """The first group that took part in the match, else the words."""
    start: int
    end: int


def find(pattern: re.Pattern[bytes], text: str | bytes) -> Iterator[Match]:
    """Yield the matches in reading order.

    RE2 works on UTF-8. Its Python binding would count characters up to a match, more slowly than RE2 finds it.
    """
    data = text if isinstance(text, bytes) else text.encode()
    position = end = 0
    for match in pattern.finditer(data):
        first, last = match.span()
        if not _begins_a_character(data, first):
            continue
        words = _decode(match.group())
        start = end + len(_decode(data[position:first]))
        position, end = last, start + len(words)
        yield Match(words, _decode(next(filter(None, match.groups()), b"")) or words, start, end)


def _begins_a_character(data: bytes, position: int) -> bool:
    """False inside a character of several bytes, where a pattern may match nothing."""
    return position == len(data) or data[position] not in _CONTINUATION_BYTES


def _decode(data: bytes) -> str:
    return data.decode(errors="replace")
