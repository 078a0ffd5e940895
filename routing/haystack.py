r"""A text that patterns are looked for in, with what is found out about it once: its bytes, its script, its marks."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from routing.pattern_syntax import INNER_MARK, MARK, MARKS

_WORD_BEYOND_ASCII: Final = re.compile(r"[^\W\x00-\x7f]")
_BOUNDARY: Final = re.compile(r"\b")
_WORD: Final = re.compile(r"\w")
_RUN: Final = re.compile(r"\w+|\W+")
_AT_BOUNDARY: Final = MARK * MARKS
_INSIDE: Final = INNER_MARK * MARKS
_ANY_MARK: Final = re.compile(f"[{MARK}{INNER_MARK}]")


class Haystack:
    """One text of a mail."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode(errors="replace")
        """UTF-8, as RE2 reads it; a lone surrogate is a question mark."""
        self.has_ascii_words = text.isascii() or _WORD_BEYOND_ASCII.search(text) is None
        r"""Whether RE2's own `\w`, `\d` and `\b` are right about it: quotation marks and emoji are no words."""

    @cached_property
    def marked(self) -> bytes:
        """The text with a mark at each word boundary."""
        return _BOUNDARY.sub(_AT_BOUNDARY, self._unmarked).encode(errors="replace")

    @cached_property
    def marked_throughout(self) -> bytes:
        r"""The text with a mark at each boundary and another one wherever there is none, for `\B`."""
        runs = _RUN.findall(self._unmarked)
        inside = (_INSIDE.join(run) for run in runs)
        ends = [_AT_BOUNDARY if _WORD.match(run) else _INSIDE for run in (*runs[:1], *runs[-1:])]
        return _AT_BOUNDARY.join(inside).join(ends or ("", "")).encode(errors="replace")

    @cached_property
    def _unmarked(self) -> str:
        """A sender may write our marks, too."""
        return _ANY_MARK.sub("\ufffd", self.text)


def without_marks(data: bytes) -> str:
    """What a match in a marked text really says."""
    return _ANY_MARK.sub("", data.decode(errors="replace"))
