"""Many patterns looked for in one pass: the cost grows with the text, not with the patterns."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import re2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routing.haystack import Haystack
    from routing.pattern_syntax import Rewritten
    from routing.text_pattern import TextPattern

_MAX_MEMORY = 64 << 20
"""Bytes that one set and its automaton may take; what it needs in use is far less."""
_ALWAYS = r"\z"
"""A pattern that every text holds: where it is missing the set ran out of memory, which the binding does not tell.

It holds at the end alone. One that holds everywhere, such as the empty one, makes the set count a match at each byte.
"""


class PatternSet:
    """Says which patterns occur in a text: exactly the same as each pattern alone."""

    def __init__(self, patterns: Sequence[TextPattern]) -> None:
        self._patterns = tuple(patterns)

    def occurring(self, text: Haystack) -> list[int]:
        """Positions of the patterns that occur, in order."""
        found = _matches(self._exact if text.has_ascii_words else self._unbounded, text)
        if found is None:
            return self._one_by_one(text)
        # Without its boundaries a pattern finds too much, so whoever has some is asked once more.
        return (
            found if text.has_ascii_words else [place for place in found if self._is_confirmed(place, text)]
        )

    def _is_confirmed(self, position: int, text: Haystack) -> bool:
        pattern = self._patterns[position]
        return not pattern.forms.has_boundaries or pattern.occurs(text)

    def _one_by_one(self, text: Haystack) -> list[int]:
        return [position for position, pattern in enumerate(self._patterns) if pattern.occurs(text)]

    @cached_property
    def _exact(self) -> Any:
        return self._compiled(lambda forms: forms.ascii_words)

    @cached_property
    def _unbounded(self) -> Any:
        return self._compiled(lambda forms: forms.unbounded)

    def _compiled(self, form: Callable[[Rewritten], str]) -> Any:
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _MAX_MEMORY
        compiled = re2.Set.SearchSet(options)
        compiled.Add(_ALWAYS)
        for pattern in self._patterns:
            compiled.Add(form(pattern.forms))
        compiled.Compile()
        return compiled


def _matches(compiled: Any, text: Haystack) -> list[int] | None:
    """None where the set failed."""
    found = sorted(compiled.Match(text.data))
    return [position - 1 for position in found[1:]] if found[:1] == [0] else None
