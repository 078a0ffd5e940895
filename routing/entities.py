"""What a mail names: order numbers, invoice numbers and what else a shop numbers."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from routing import comparisons
from routing.decision import Entity
from routing.haystack import Haystack
from routing.text_pattern import TextPattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.email import InboundEmail

_MAX_FINDS = 20
"""Finds of one extractor in one field: a pasted list of orders must not grow every later record."""


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

    @cached_property
    def _compiled(self) -> TextPattern:
        return TextPattern(self.pattern, groups=True)

    @model_validator(mode="after")
    def _finds_its_examples(self) -> Self:
        for example in self.examples:
            if not any(self.find(example, field="text")):
                raise ValueError(f"the pattern finds nothing in its example {example!r}")
        return self

    def find(self, text: str | Haystack, *, field: str) -> Iterator[Entity]:
        """Yield what stands in one field, values in upper case, in reading order."""
        haystack = Haystack(text) if isinstance(text, str) else text
        for match in islice(self._compiled.find(haystack), _MAX_FINDS):
            yield Entity(
                kind=self.id, value=match.value.upper(), field=field, start=match.start, end=match.end
            )


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
)
"""What every desk looks for. A desk's own extractor of the same id adds a way to write the same kind."""


def extract(email: InboundEmail, extractors: Sequence[Extractor]) -> tuple[Entity, ...]:
    """Find all entities of a mail: subject, text and attachment names, each in reading order."""
    fields = [("subject", email.subject), ("text", email.text)]
    fields += [("attachment", attachment.filename) for attachment in email.attachments]
    found: list[Entity] = []
    for field, text in fields:
        haystack = Haystack(text)
        hits = [entity for extractor in extractors for entity in extractor.find(haystack, field=field)]
        found += sorted(hits, key=lambda entity: (entity.start, entity.end))
    return tuple(found)
