"""Conditions on headers by name, entities by kind, attachments by name and type, and on what the directory says."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from routing.comparisons import Bounds, Comparison
from routing.facts import Fact
from routing.haystack import Haystack
from routing.strict import Strict, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.email import Attachment
    from routing.evidence import Evidence
    from routing.facts import Probe

_ANYTHING = Comparison(matches=r"(?s)\A")


class _OneChannel(Fact):
    """A condition on all texts of one channel."""

    def channel(self) -> str:
        """Where its texts are."""
        raise NotImplementedError

    def asked(self) -> Comparison:
        """What one of them must be."""
        raise NotImplementedError

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        for field, text in evidence.texts(self.channel()):
            if (words := self.asked().words_in(text)) is not None:
                yield field, words

    def holds(self, evidence: Evidence) -> bool:
        return any(self.asked().holds_in(text) for _, text in evidence.texts(self.channel()))

    def seen(self, evidence: Evidence) -> str:
        return ", ".join(text.text for _, text in evidence.texts(self.channel()))

    def probes(self) -> tuple[Probe, ...] | None:
        return ((self.channel(), self.asked()),)

    def reads(self) -> frozenset[str]:
        return frozenset({self.channel()})


class HeaderValue(Strict):
    """A header, by case-insensitive name, and what one of its values must be."""

    name: str = Field(min_length=1)
    value: Comparison


class Header(_OneChannel):
    """A header field of the mail."""

    header: HeaderValue

    def channel(self) -> str:
        return f"header:{self.header.name.lower()}"

    def asked(self) -> Comparison:
        return self.header.value

    def __str__(self) -> str:
        return f"header {self.header.name} {self.header.value}"


class EntityValue(Strict):
    """An entity that must be there and, if asked, what its value must be."""

    kind: Annotated[str, known("entity")]
    value: Comparison | None = None


class EntityFound(_OneChannel):
    """Something that an extractor found."""

    entity: EntityValue

    def channel(self) -> str:
        return f"entity:{self.entity.kind}"

    def asked(self) -> Comparison:
        return self.entity.value or _ANYTHING

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        for field, text in evidence.texts(self.channel()):
            if self.asked().holds_in(text):
                yield field, [text.text]

    def __str__(self) -> str:
        return " ".join(filter(None, ("entity", self.entity.kind, str(self.entity.value or ""))))


class RequesterValue(Strict):
    """Something that the directory says of the requester: `name`, `company`, `tier`, `segment` or any attribute."""

    attribute: str = Field(min_length=1)
    value: Comparison | None = None
    """Compares it as text; `true` and `false` are words."""
    number: Bounds | None = None
    """Compares it as a number."""

    @model_validator(mode="after")
    def _compares_once(self) -> Self:
        if self.value and self.number:
            raise ValueError("give value or number, not both")
        return self


class RequesterIs(Fact):
    """Something that is known of the requester; without a comparison it must only be known."""

    requester: RequesterValue

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        if self.holds(evidence):
            yield self.requester.attribute, [self.seen(evidence)]

    def holds(self, evidence: Evidence) -> bool:
        value, asked = evidence.attribute(self.requester.attribute), self.requester
        if asked.number:
            return isinstance(value, int | float) and not isinstance(value, bool) and asked.number.hold(value)
        texts = evidence.texts(f"attribute:{asked.attribute}")
        return any((asked.value or _ANYTHING).holds_in(text) for _, text in texts)

    def seen(self, evidence: Evidence) -> str:
        return "".join(text.text for _, text in evidence.texts(f"attribute:{self.requester.attribute}"))

    def __str__(self) -> str:
        asked = self.requester
        return " ".join(filter(None, ("requester", asked.attribute, str(asked.value or asked.number or ""))))


class AttachmentValues(Strict):
    """What the name and the types of one and the same attachment must be."""

    filename: Comparison | None = None
    content_type: Comparison | None = None
    """As the sender declared it; parameters do not count."""
    detected_type: Comparison | None = None
    """As its bytes say."""

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.filename or self.content_type or self.detected_type):
            raise ValueError("give filename, content_type, detected_type or several")
        return self

    def asked(self) -> tuple[tuple[str, Comparison], ...]:
        """The comparisons that there are, by what they compare."""
        every = (
            ("filename", self.filename),
            ("content_type", self.content_type),
            ("detected_type", self.detected_type),
        )
        return tuple((name, comparison) for name, comparison in every if comparison)

    def hold(self, attachment: Attachment, detected_type: str | None) -> bool:
        """Compare one attachment."""
        values = {
            "filename": attachment.filename,
            "content_type": attachment.content_type.partition(";")[0].strip(),
            "detected_type": detected_type,
        }
        return all(
            (value := values[name]) is not None and comparison.holds_in(Haystack(value))
            for name, comparison in self.asked()
        )


class AttachmentFound(Fact):
    """An attached file."""

    attachment: AttachmentValues

    def hits(self, evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
        attachments = evidence.email.attachments
        types = evidence.known.detected_types[: len(attachments)]
        for attachment, detected_type in zip_longest(attachments, types):
            if self.attachment.hold(attachment, detected_type):
                yield "attachment", [attachment.filename]

    def holds(self, evidence: Evidence) -> bool:
        return next(self.hits(evidence), None) is not None

    def seen(self, evidence: Evidence) -> str:
        return ", ".join(attachment.filename for attachment in evidence.email.attachments)

    def probes(self) -> tuple[Probe, ...] | None:
        return (self.attachment.asked()[0],)

    def reads(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.attachment.asked())

    def __str__(self) -> str:
        return "attachment " + " and ".join(f"{name} {value}" for name, value in self.attachment.asked())
