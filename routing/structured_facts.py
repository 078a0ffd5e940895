"""Conditions on what a mail has several of: headers by name, entities by kind, attachments by name and type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from routing.facts import Fact
from routing.patterns import Comparison  # noqa: TC001 - pydantic reads the annotations at run time
from routing.strict import Strict, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.email import Attachment
    from routing.evidence import Evidence


class HeaderValue(Strict):
    """A header, by case-insensitive name, and what one of its values must be."""

    name: str = Field(min_length=1)
    value: Comparison


class Header(Fact):
    """A header field of the mail."""

    header: HeaderValue

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        for value in evidence.email.header_all(self.header.name):
            if (words := self.header.value.words_in(value)) is not None:
                yield "header", words

    def __str__(self) -> str:
        return f"header {self.header.name} {self.header.value}"


class EntityValue(Strict):
    """An entity that must be there and, if asked, what its value must be."""

    kind: Annotated[str, known("entity")]
    value: Comparison | None = None


class EntityFound(Fact):
    """Something that an extractor found."""

    entity: EntityValue

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        kind, value = self.entity.kind, self.entity.value
        for found in evidence.entities:
            if found.kind == kind and (value is None or value.words_in(found.value)):
                yield found.field, [found.value]

    def __str__(self) -> str:
        return " ".join(filter(None, ("entity", self.entity.kind, str(self.entity.value or ""))))


class AttachmentValues(Strict):
    """What the name and the type of one and the same attachment must be."""

    filename: Comparison | None = None
    content_type: Comparison | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.filename and not self.content_type:
            raise ValueError("give filename, content_type or both")
        return self

    def hold(self, attachment: Attachment) -> bool:
        """Compare one attachment; parameters of its content type do not count."""
        content_type = attachment.content_type.partition(";")[0].strip()
        pairs = ((self.filename, attachment.filename), (self.content_type, content_type))
        return all(asked is None or asked.words_in(value) is not None for asked, value in pairs)


class AttachmentFound(Fact):
    """An attached file."""

    attachment: AttachmentValues

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        for attachment in evidence.email.attachments:
            if self.attachment.hold(attachment):
                yield "attachment", [attachment.filename]

    def __str__(self) -> str:
        asked = (("filename", self.attachment.filename), ("content_type", self.attachment.content_type))
        return "attachment " + " and ".join(f"{name} {value}" for name, value in asked if value)
