"""Patterns for text, and the three ways to compare a text with them. Nothing minds upper and lower case."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

import re2
from pydantic import AfterValidator, Field, model_validator

from routing.strict import Strict

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_MAX_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take."""
_MAX_MATCHES = 20
"""How far to look for different words in one field."""
_CONTINUATION_BYTES = range(0x80, 0xC0)
"""Of UTF-8 (RFC 3629, section 3): they never begin a character."""
_SPACE = r"[\s\p{Z}\x0b\x1c-\x1f\x85]+"
"""What `str.split` splits at; RE2's own `\\s` is ASCII only."""


def compile_pattern(pattern: str, *, groups: bool) -> re.Pattern[bytes]:
    """Compile a case-insensitive RE2 pattern: time linear in the text, whatever an author or a sender writes.

    RE2's objects answer the part of `re.Pattern` that is used here (https://github.com/google/re2/wiki/Syntax).
    Without its groups a match is found sooner.

    Raises:
        ValueError: the pattern is not one of RE2.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.never_capture = not groups
    try:
        compiled: re.Pattern[bytes] = re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(_explain(error.args[0])) from error
    return compiled


def _explain(reason: bytes) -> str:
    text = reason.decode(errors="replace")
    hints = (hint for fault, hint in _HINTS.items() if text.startswith(fault))
    return f"not a valid RE2 pattern: {text}{next(hints, '')}"


_HINTS = {
    "invalid perl operator": "; RE2 has no lookahead and no lookbehind",
    r"invalid escape sequence: \Z": r"; RE2 writes the end of the text \z",
    "invalid escape sequence": "; RE2 has no backreferences",
}


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


def find(pattern: re.Pattern[bytes], text: str) -> Iterator[Match]:
    """Yield the matches in reading order.

    RE2 works on UTF-8. Its Python binding would count characters up to a match, more slowly than RE2 finds it.
    """
    data = text.encode()
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
    return data.decode(errors="replace")  # `\C` may match a part of a character


def _compilable(pattern: str) -> str:
    compile_pattern(pattern, groups=True)
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compilable)]
"""An RE2 pattern, checked when it is read."""


def _has_words(phrase: str) -> str:
    if not phrase.split():
        raise ValueError("must not be empty")
    return phrase


class Comparison(Strict):
    """One of `matches` (an RE2 pattern), `contains` (phrases) and `is` (whole values).

    All three become one RE2 pattern. A phrase also matches where a line break falls between its words, and
    with a typographic apostrophe.
    """

    matches: Pattern | None = None
    contains: tuple[Annotated[str, AfterValidator(_has_words)], ...] | None = Field(
        default=None, min_length=1
    )
    equals: tuple[str, ...] | None = Field(default=None, alias="is", min_length=1)

    @model_validator(mode="after")
    def _has_one_operator(self) -> Self:
        if sum(operand is not None for operand in (self.matches, self.contains, self.equals)) != 1:
            raise ValueError("give exactly one of matches, contains, is")
        compile_pattern(self._as_pattern(), groups=False)
        return self

    @cached_property
    def _compiled(self) -> re.Pattern[bytes]:
        return compile_pattern(self._as_pattern(), groups=False)

    def _as_pattern(self) -> str:
        if self.matches is not None:
            return self.matches
        if self.contains is not None:
            return "|".join(map(_phrase, self.contains))
        return rf"\A(?:{'|'.join(map(re2.escape, self.equals or ()))})\z"

    def words_in(self, value: str) -> list[str] | None:
        """The words of a value that made this hold, in reading order; None if it does not hold."""
        return [match.words for match in islice(find(self._compiled, value), _MAX_MATCHES)] or None

    def __str__(self) -> str:
        if self.matches is not None:
            return f'matches "{self.matches}"'
        operator, values = ("contains", self.contains) if self.contains else ("is", self.equals or ())
        return operator + " " + " or ".join(f'"{value}"' for value in values)


def _phrase(phrase: str) -> str:
    """Mail programs wrap lines inside a phrase, and phones write a typographic apostrophe."""
    words = (re2.escape(word).replace(r"\'", "['\u2019]") for word in phrase.split())
    return _SPACE.join(words)
