"""A linear classifier of mails by their terms: what was trained with scikit-learn, computed without it."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from typing import TYPE_CHECKING

from routing import terms
from routing.guesses import MOST_GUESSES, MOST_TERMS, Guess, Term

if TYPE_CHECKING:
    from collections.abc import Collection

    from routing.email import InboundEmail
    from routing.model_file import LinearModel

    Vector = dict[int, float]
    """Weight in the mail by position in the vocabulary; of length 1."""


class LinearClassifier:
    """Softmax over tf-idf of words and pairs of words."""

    def __init__(self, model: LinearModel, *, queues: Collection[str] | None = None) -> None:
        """`queues` are those that exist: there is no guess for another one, and the others get no likelier by it."""
        self._model = model
        self._positions = {term: position for position, term in enumerate(model.vocabulary)}
        self._queues = frozenset(model.classes if queues is None else queues)
        self.name = model.name
        self.threshold = model.threshold

    def probabilities(self, email: InboundEmail) -> dict[str, float]:
        """By class, together 1."""
        return self._probabilities(self._vector(email))

    def guess(self, email: InboundEmail) -> tuple[Guess, ...]:
        """The likeliest queues, each with the terms that weighed most; none where no word is known."""
        vector = self._vector(email)
        if not vector:
            return ()
        likely = (
            (chance, queue) for queue, chance in self._probabilities(vector).items() if queue in self._queues
        )
        return tuple(
            Guess(queue=queue, probability=chance, terms=self._weighty(vector, queue))
            for chance, queue in heapq.nlargest(MOST_GUESSES, likely)
        )

    def _vector(self, email: InboundEmail) -> Vector:
        found = Counter(
            position for term in terms.of(email) if (position := self._positions.get(term)) is not None
        )
        # As scikit-learn's sublinear_tf: the tenth mention says little more than the second.
        weights = {
            position: (1 + math.log(count)) * self._model.idf[position] for position, count in found.items()
        }
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
        return {position: weight / length for position, weight in weights.items()} if length else {}

    def _probabilities(self, vector: Vector) -> dict[str, float]:
        scores = [
            self._score(vector, number) / self._model.temperature
            for number in range(len(self._model.classes))
        ]
        highest = max(scores)
        powers = [math.exp(score - highest) for score in scores]
        whole = math.fsum(powers)
        return {queue: power / whole for queue, power in zip(self._model.classes, powers, strict=True)}

    def _score(self, vector: Vector, number: int) -> float:
        weights, start = self._model.weights, number * len(self._positions)
        return self._model.bias[number] + math.fsum(
            value * weights[start + position] for position, value in vector.items()
        )

    def _weighty(self, vector: Vector, queue: str) -> tuple[Term, ...]:
        """The terms that speak for this queue more than for the average one."""
        number = self._model.classes.index(queue)
        shares = (
            (value * self._preference(position, number), position) for position, value in vector.items()
        )
        heaviest = heapq.nlargest(MOST_TERMS, (share for share in shares if share[0] > 0))
        return tuple(
            Term(text=self._model.vocabulary[position], weight=round(weight, 4))
            for weight, position in heaviest
        )

    def _preference(self, position: int, number: int) -> float:
        column = self._model.weights[position :: len(self._positions)]
        return column[number] - math.fsum(column) / len(column)
