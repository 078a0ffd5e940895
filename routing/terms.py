"""The terms of a mail that a model counts: words and pairs of words, in every script."""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.email import InboundEmail

SUBJECT: Final = "subject: "
"""Before each term of the subject: there a word says more than in the text."""
_MOST_SUBJECT: Final = 500
_MOST_TEXT: Final = 8_000
"""Characters that are looked at; what a mail is about stands at its beginning."""
_WORD: Final = re.compile(r"\w+")


def of(email: InboundEmail) -> list[str]:
    """Every occurrence, those of the subject first."""
    subject = (SUBJECT + term for term in _terms(email.subject[:_MOST_SUBJECT]))
    return [*subject, *_terms(email.text[:_MOST_TEXT])]


def words(text: str) -> list[str]:
    """The words alone, without regard to upper and lower case."""
    return _WORD.findall(text[:_MOST_TEXT].casefold())


def _terms(text: str) -> Iterator[str]:
    found = words(text)
    return chain(found, map(" ".join, pairwise(found)))
