r"""A text that patterns are looked for in, with what is found out about it once: its bytes, its script, its marks."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from routing.pattern_syntax import INNER_MARK, MARK, MARKS

_WORD_BEYOND_ASCII: Final = re.compile(r"[^\W\x00-\x7f]")
_WORD: Final = re.compile(r"\w")
_RUN: Final = re.compile(r"\w+|\W+")
_AT_BOUNDARY: Final = MARK * MARKS
_ANY_MARK: Final = re.compile(f"[{MARK}{INNER_MARK}]")


class Haystack:
    """One text of a mail."""

    def __init__(self, text: str) -> None:
        if MARK in text or INNER_MARK in text:  # what a sender writes is no mark of ours
            text = _ANY_MARK.sub("\ufffd", text)
        self.text = text
        self.data = text.encode(errors="replace")
        """UTF-8, as RE2 reads it; a lone surrogate is a question mark."""
        self.has_ascii_words = text.isascii() or _WORD_BEYOND_ASCII.search(text) is None
        r"""Whether RE2's own `\w`, `\d` and `\b` are right about it: quotation marks and emoji are no words."""

    @cached_property
    def marked(self) -> bytes:
        """The text with a mark at each word boundary."""
        return self._marked("")

    @cached_property
    def marked_throughout(self) -> bytes:
        r"""The text with a mark at each boundary and another one wherever there is none, for `\B`."""
        return self._marked(INNER_MARK * MARKS)

    def _marked(self, inside: str) -> bytes:
        runs = _RUN.findall(self.text)
        ends = [_AT_BOUNDARY if _WORD.match(run) else inside for run in (*runs[:1], *runs[-1:])] or ["", ""]
        # Run by run: to look for each boundary takes twice as long.
        text = _AT_BOUNDARY.join(map(inside.join, runs) if inside else runs)
        return f"{ends[0]}{text}{ends[1]}".encode(errors="replace")


def without_marks(data: bytes) -> str:
    """What a match in a marked text really says."""
    return _ANY_MARK.sub("", data.decode(errors="replace"))
