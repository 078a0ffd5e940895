"""The ways to compare a value of the mail: texts by pattern, phrase, value or list; numbers by bounds.

Texts compare without regard to case.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Self

import re2
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from routing.strict import Strict, known
from routing.text_pattern import TextPattern

if TYPE_CHECKING:
    from routing.haystack import Haystack

_MAX_MATCHES = 20
"""How far to look for different words in one field."""
_UNITS = {"": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


def _compilable(pattern: str) -> str:
    TextPattern(pattern, groups=True)
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compilable)]
"""An RE2 pattern whose words, digits and boundaries are Unicode's; checked when it is read."""


def _has_words(phrase: str) -> str:
    if not phrase.split():
        raise ValueError("must not be empty")
    return phrase


class Comparison(Strict):
    """One of `matches` (a pattern), `contains` (phrases), `is` (whole values) and `in` (a named list of whole values).

    All become one pattern. A phrase also matches where a line break falls between its words, and with a
    typographic apostrophe.
    """

    matches: Pattern | None = None
    contains: tuple[Annotated[str, AfterValidator(_has_words)], ...] | None = Field(
        default=None, min_length=1
    )
    equals: tuple[str, ...] | None = Field(default=None, alias="is", min_length=1)
    in_list: Annotated[str, known("list")] | None = Field(default=None, alias="in")
    listed: tuple[str, ...] | None = None
    """The values of the list, put in when the rules are read: they are part of what decides."""

    @model_validator(mode="before")
    @classmethod
    def _look_up_list(cls, value: Any, info: ValidationInfo) -> Any:
        lists = (info.context or {}).get("lists", {})
        if isinstance(value, dict) and isinstance(name := value.get("in"), str) and name in lists:
            return value | {"listed": lists[name]}
        return value

    @model_validator(mode="after")
    def _has_one_operator(self) -> Self:
        operators = (self.matches, self.contains, self.equals, self.in_list)
        if sum(operand is not None for operand in operators) != 1 or (self.listed and not self.in_list):
            raise ValueError("give exactly one of matches, contains, is, in")
        _ = self.pattern  # compiled now: a pattern that is too large is an error here
        return self

    @cached_property
    def pattern(self) -> TextPattern:
        """What is looked for in a text."""
        return TextPattern(self._as_pattern())

    def _as_pattern(self) -> str:
        if self.matches is not None:
            return self.matches
        if self.contains is not None:
            return "|".join(map(_phrase, self.contains))
        values = self.equals if self.equals is not None else self.listed or ()
        return rf"\A(?:{'|'.join(map(re2.escape, values))})\z" if values else r"[^\x00-\x{10FFFF}]"

    def holds_in(self, value: Haystack) -> bool:
        """Whether a value compares."""
        return self.pattern.occurs(value)

    def words_in(self, value: Haystack) -> list[str] | None:
        """The words of a value that made this hold, in reading order; None if it does not hold."""
        return [match.words for match in islice(self.pattern.find(value), _MAX_MATCHES)] or None

    def __str__(self) -> str:
        if self.matches is not None:
            return f'matches "{self.matches}"'
        if self.in_list is not None:
            return f"in {self.in_list}"
        operator, values = ("contains", self.contains) if self.contains else ("is", self.equals or ())
        return operator + " " + " or ".join(f'"{value}"' for value in values)


def _phrase(phrase: str) -> str:
    """Mail programs wrap lines inside a phrase, and phones write a typographic apostrophe."""
    words = (re2.escape(word).replace(r"\'", "['\u2019]") for word in phrase.split())
    return r"\s+".join(words)


def size(value: object) -> int:
    """Bytes of `500KB` or `25MB`.

    Raises:
        ValueError: it is not written like that.
    """
    found = re.fullmatch(r"(\d{1,9})\s*(KB|MB|GB|)", str(value).strip())
    if found is None:
        raise ValueError(f"{value!r} is not a size: write a number and KB, MB or GB, such as 25MB")
    return int(found[1]) * _UNITS[found[2]]


class Bounds(Strict):
    """A number above one bound, below another one, or both; the bounds themselves do not count."""

    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("give above, below or both")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise ValueError("nothing lies between these bounds: above must be less than below")
        return self

    def hold(self, number: float) -> bool:
        """Compare a number."""
        return (self.above is None or number > self.above) and (self.below is None or number < self.below)

    def __str__(self) -> str:
        bounds = (("above", self.above), ("below", self.below))
        return " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)


_Size = Annotated[int, BeforeValidator(size)]


class SizeBounds(Bounds):
    """Bounds in bytes, written as sizes: `{above: 10MB}`."""

    above: _Size | None = None
    below: _Size | None = None

    def __str__(self) -> str:
        bounds = (("above", self.above), ("below", self.below))
        return " and ".join(f"{word} {bound // 1024} KB" for word, bound in bounds if bound is not None)
