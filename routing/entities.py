"""What a mail names: order numbers, parcels, accounts and what else a shop numbers."""

from __future__ import annotations

from bisect import bisect
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from routing import check_digits, comparisons, tracking_numbers
from routing.decision import Entity
from routing.haystack import Haystack
from routing.pattern_set import PatternSet
from routing.text_pattern import TextPattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from routing.email import InboundEmail

_MAX_FINDS = 20
"""Finds of one kind in one field: a pasted list of orders must not grow every later record."""
_MAX_FAILURES = 500
"""Words that the pattern finds and the check refuses, in one field, before the search ends."""


class Extractor(BaseModel):
    """How one kind of entity is written.

    The value is the first group that took part in the match, else the whole match.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    """The kind of entity that is found."""
    pattern: comparisons.Pattern
    examples: tuple[str, ...] = Field(min_length=1)
    """Texts that must each hold one; checked when this is read."""
    counter_examples: tuple[str, ...] = ()
    """Texts that must hold none; checked when this is read."""
    strip: str = ""
    """Characters that are left out of the value, such as blanks and hyphens."""
    check: check_digits.Check | None = None
    """What the check digit of a value must agree with: a misread number is no entity."""

    @cached_property
    def compiled(self) -> TextPattern:
        """What is looked for."""
        return TextPattern(self.pattern, groups=True)

    @model_validator(mode="after")
    def _finds_its_examples(self) -> Self:
        for example in self.examples:
            if any(self.find(Haystack(example), field="text")):
                continue
            if found := next(iter(self.compiled.find(Haystack(example))), None):
                raise ValueError(f"{self._normalised(found.value)!r} fails the check {self.check}")
            raise ValueError(f"the pattern finds nothing in its example {example!r}")
        return self

    @model_validator(mode="after")
    def _finds_nothing_in_its_counter_examples(self) -> Self:
        for example in self.counter_examples:
            if found := next(self.find(Haystack(example), field="text"), None):
                raise ValueError(f"the pattern finds {found.value!r} in its counter-example {example!r}")
        return self

    def find(self, text: Haystack, *, field: str) -> Iterator[Entity]:
        """Yield what stands in one field, values in upper case, in reading order."""
        found = islice(self.compiled.find(text), _MAX_FINDS + _MAX_FAILURES)
        entities = (
            Entity(
                kind=self.id,
                value=self._normalised(match.value),
                field=field,
                start=match.start,
                end=match.end,
            )
            for match in found
        )
        yield from islice((entity for entity in entities if self._holds(entity.value)), _MAX_FINDS)

    def _normalised(self, value: str) -> str:
        return value.translate(dict.fromkeys(map(ord, self.strip))).upper()

    def _holds(self, value: str) -> bool:
        return bool(value) and (self.check is None or check_digits.BY_NAME[self.check](value))


BUILT_IN = (
    Extractor(
        id="order_id",
        # A bare number after the word needs five digits, so that `order 2024 calendars` is no order number.
        pattern=r"\border\s*(?:(?:#|no\b\.?|nr\b\.?|id\b|number\b)(?:\s+is\b)?[\s:#]*(\d{3,12})|[\s:]+(\d{5,12}))\b",
        examples=("order #123456", "Order no. 123456", "my order number is 123456", "order 123456"),
    ),
    Extractor(id="po_number", pattern=r"\bPO-\d{3,12}\b", examples=("PO-12345",)),
    Extractor(
        id="invoice_number",
        pattern=r"\b(INV-\d{1,12}(?:-\d{1,12})?)\b|\binvoice\s*(?:#|no\b\.?|nr\b\.?|number\b)?[\s:#]*(\d{4,12})\b",
        examples=("INV-2024-001", "invoice 12345", "Invoice no. 12345"),
    ),
    Extractor(
        id="account_id",
        pattern=r"\b(?:(?:account|acct\b\.?|customer|client|member(?:ship)?)\s*(?:#|no\b\.?|nr\b\.?|id\b|number\b)"
        r"|(?:kunden|kundenkonto|klant)-?(?:nummer|nr\b\.?|konto\b)|(?:customer|client)(?:id|no)\b"
        r"|(?:n[uú]m[eé]ro|n[°º]|no\b\.?)\s*(?:de\s+)?(?:client|compte|cliente|cuenta)\b)"
        r"(?:\s+(?:is|ist|lautet|est|es)\b)?[\s:#=]*([A-Z]{0,4}-?\d{4,14})\b|\baccount[\s:]+(\d{5,14})\b",
        examples=(
            "account number is 4711",
            "Customer ID: AC-204711",
            "Kundennummer 204711",
            "numéro de client : 204711",
        ),
        counter_examples=(
            "in 2024 our account",
            "account 2024",
            "account number DE02 1203 0000 0000 2020 51",
        ),
    ),
)
"""What every desk looks for. A desk's own extractor of the same id adds a way to write the same kind."""
_PATTERNS = frozenset(extractor.pattern for extractor in BUILT_IN)

KINDS = frozenset(extractor.id for extractor in BUILT_IN) | {tracking_numbers.KIND}
"""The kinds of entity that are known without configuration."""


class Extraction:
    """All extractors of a desk, ready to be used: which of them find something at all is asked in one pass."""

    def __init__(self, extractors: Sequence[Extractor]) -> None:
        self._extractors = tuple(extractors)
        self._patterns = PatternSet([extractor.compiled for extractor in extractors])
        self._own = frozenset(extractor.id for extractor in extractors if extractor.pattern not in _PATTERNS)

    def of(self, texts: Iterable[tuple[str, Haystack]]) -> tuple[Entity, ...]:
        """Find all entities of texts by the names of their fields, each in reading order.

        One stretch of text is one entity. Where finds overlap, the longest value counts; of equal ones that of the
        desk's own extractor, and then the one that stands for more of the text.
        """
        return tuple(entity for field, text in texts for entity in _apart(self._all(text, field), self._own))

    def _all(self, text: Haystack, field: str) -> Iterator[Entity]:
        yield from islice(tracking_numbers.find(text.text, field=field), _MAX_FINDS)
        for place in self._patterns.occurring(text):
            yield from self._extractors[place].find(text, field=field)


def texts_of(email: InboundEmail) -> list[tuple[str, Haystack]]:
    """Where entities are looked for: subject, text and attachment names."""
    fields = [("subject", email.subject), ("text", email.text)]
    fields += [("attachment", attachment.filename) for attachment in email.attachments]
    return [(field, Haystack(text)) for field, text in fields]


def _apart(found: Iterable[Entity], own: frozenset[str]) -> list[Entity]:
    """Leave out what overlaps with something better; in reading order."""
    best = sorted(
        found,
        key=lambda entity: (len(entity.value), entity.kind in own, entity.end - entity.start),
        reverse=True,
    )
    kept: list[Entity] = []
    for entity in best:
        place = bisect(kept, entity.start, key=lambda other: other.start)
        if (place == 0 or kept[place - 1].end <= entity.start) and (
            place == len(kept) or entity.end <= kept[place].start
        ):
            kept.insert(place, entity)
    return kept
