"""Guesses without a model: by the words in which a desk describes its queues. They propose, and never decide."""

from __future__ import annotations

import hashlib
import heapq
import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from routing import terms
from routing.guesses import MOST_GUESSES, MOST_TERMS, NEVER, Guess, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routing.email import InboundEmail

_SHORTEST: Final = 4
"""Letters; shorter words are mostly grammar."""
_STEM: Final = 5
"""Letters that are compared, so that `refund` finds `Refunds`."""
_DOUBT: Final = 1.0
"""What one word weighs that speaks for no queue: a single hit is not certain."""
_GRAMMAR: Final = frozenset(
    re.findall(
        r"\w+",
        "about also been does from have here into more that their them then there these they this what when where "
        "which will with your aber auch dass dein diese einem einen einer eine haben ihre kann mein mich nach "
        "nicht oder sich sind wenn wird",
    )
)


class KeywordPrior:
    """Words that few queues share weigh more."""

    threshold = NEVER

    def __init__(self, descriptions: Mapping[str, str]) -> None:
        """By id of a queue, all that is said about it."""
        self._keywords = {queue: frozenset(_stems(text)) for queue, text in descriptions.items()}
        shared = Counter(stem for stems in self._keywords.values() for stem in stems)
        self._weights = {stem: math.log(1 + len(descriptions) / count) for stem, count in shared.items()}
        content = json.dumps({queue: sorted(stems) for queue, stems in sorted(self._keywords.items())})
        self.name = f"keywords:{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def guess(self, email: InboundEmail) -> tuple[Guess, ...]:
        """The queues whose keywords the mail has."""
        found = _stems(f"{email.subject}\n{email.text}")
        hits = {queue: sorted(stems & found.keys()) for queue, stems in self._keywords.items()}
        scores = {queue: math.fsum(map(self._weights.__getitem__, stems)) for queue, stems in hits.items()}
        whole = math.fsum(scores.values()) + _DOUBT
        best = heapq.nlargest(MOST_GUESSES, ((score, queue) for queue, score in scores.items() if score))
        return tuple(
            Guess(queue=queue, probability=score / whole, terms=self._terms(hits[queue], found))
            for score, queue in best
        )

    def _terms(self, stems: list[str], found: dict[str, str]) -> tuple[Term, ...]:
        heaviest = heapq.nlargest(MOST_TERMS, stems, key=self._weights.__getitem__)
        return tuple(Term(text=found[stem], weight=round(self._weights[stem], 4)) for stem in heaviest)


def _stems(text: str) -> dict[str, str]:
    """The word that stands for each stem: its first one."""
    found: dict[str, str] = {}
    for word in terms.words(text.replace("_", " ")):
        if len(word) >= _SHORTEST and word not in _GRAMMAR:
            found.setdefault(word[:_STEM], word)
    return found
