"""A pattern that an author wrote, found in texts of any script in linear time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing import haystack, pattern_syntax, patterns
from routing.patterns import Match

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from routing.haystack import Haystack


_UNICODE_MEMORY = 8 << 20
"""Bytes that one compiled pattern may take: each `\\w` is some hundred ranges of characters."""


class TextPattern:
    """One pattern, ready to be looked for.

    Raises:
        ValueError: it is not one of RE2; says where and what to write instead.
    """

    def __init__(self, pattern: str, *, groups: bool = False) -> None:
        forms = self.forms = pattern_syntax.rewrite(pattern)
        # All at once: a pattern that grows too large in Unicode is an error here, not at the first mail.
        self._plain = patterns.compile_pattern(forms.ascii_words, groups=groups)
        is_plain = forms.unbounded == forms.ascii_words
        self._unbounded = self._plain if is_plain else _compiled(forms.unbounded, groups=groups)
        self._marked = _compiled(forms.marked, groups=groups) if forms.has_boundaries else self._unbounded

    def occurs(self, text: Haystack) -> bool:
        """Whether the text holds a match."""
        if text.has_ascii_words:
            return self._plain.search(text.data) is not None
        if self._unbounded.search(text.data) is None:
            return False
        return not self.forms.has_boundaries or self._marked.search(self._marks(text)) is not None

    def find(self, text: Haystack) -> Iterator[Match]:
        """Yield the matches in reading order."""
        if text.has_ascii_words:
            return patterns.find(self._plain, text.data)
        if not self.forms.has_boundaries:
            return patterns.find(self._unbounded, text.data)
        return self._find_marked(text)

    def _marks(self, text: Haystack) -> bytes:
        return text.marked_throughout if self.forms.needs_inner_marks else text.marked

    def _find_marked(self, text: Haystack) -> Iterator[Match]:
        if self._unbounded.search(text.data) is None:
            return  # as nearly always; marking a text costs more than looking for most patterns
        data = self._marks(text)
        position = end = 0
        for match in self._marked.finditer(data):
            first, last = match.span()
            words = haystack.without_marks(match.group())
            start = end + len(haystack.without_marks(data[position:first]))
            position, end = last, start + len(words)
            value = haystack.without_marks(next(filter(None, match.groups()), b""))
            yield Match(words, value or words, start, end)


def _compiled(pattern: str, *, groups: bool) -> re.Pattern[bytes]:
    return patterns.compile_pattern(pattern, groups=groups, max_memory=_UNICODE_MEMORY)
