"""The examples by which rules are tested: a mail as its author sketches it, and what is expected of it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Discriminator, Field, StrictBool, Tag

from routing.circumstances import Circumstances
from routing.email import Address, Attachment, InboundEmail
from routing.requester import Lookup, Requester
from routing.strict import Strict, known

_A_MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def _address(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    name, email = parseaddr(value)
    if "@" not in email:
        raise ValueError(f"{value!r} is not an e-mail address")
    return Address(email=email.lower(), name=name)


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Mailbox = Annotated[Address, BeforeValidator(_address)]
Mailboxes = Annotated[tuple[Mailbox, ...], BeforeValidator(_several)]
"""One address, or a list of them."""


class ExampleAttachment(Strict):
    """A file of an example."""

    filename: str
    content_type: str = "application/octet-stream"
    """As the sender declares it."""
    detected_type: str | None = None
    """What it really is; None where nobody looked."""


class ExampleRequester(Requester):
    """What a directory says of the sender of an example."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: Annotated[str, known("tier")] | None = None


class ExampleMail(Strict):
    """A mail and what is known about it. What its author leaves out is empty, as in a mail that lacks it."""

    subject: str = ""
    text: str = ""
    sender: Mailbox | None = Field(default=None, alias="from")
    to: Mailboxes = ()
    cc: Mailboxes = ()
    headers: dict[str, str] = Field(default_factory=dict)
    attachments: tuple[ExampleAttachment, ...] = ()
    tier: Annotated[str, known("tier")] | None = None
    """None for the tier of the sender's address."""
    requester: ExampleRequester | None = None
    language: str | None = None
    follow_up: StrictBool = False
    at: AwareDatetime = _A_MONDAY
    """When it comes in."""

    def email(self) -> InboundEmail:
        """The mail itself."""
        return InboundEmail(
            received_at=self.at,
            subject=self.subject,
            text=self.text,
            sender=self.sender,
            to=self.to,
            cc=self.cc,
            headers=tuple(self.headers.items()),
            attachments=tuple(
                Attachment(filename=file.filename, content_type=file.content_type, size=0)
                for file in self.attachments
            ),
        )

    def circumstances(self, *, tier: str) -> Circumstances:
        """What is known beside the mail; `tier` is that of the sender's address."""
        return Circumstances(
            tier=self.tier or (self.requester and self.requester.tier) or tier,
            is_follow_up=self.follow_up,
            language=self.language,
            detected_types=tuple(file.detected_type for file in self.attachments),
            lookup=Lookup(requester=self.requester) if self.requester else None,
        )


class Destination(Strict):
    """The queue to which the whole rule set sends the mail, whichever rule decides."""

    queue: Annotated[str, known("queue")]


def _tag(value: Any) -> str | None:
    if isinstance(value, dict | Destination):
        return "<queue>"
    return "<word>" if value in ("match", "no_match") else None


Expectation = Annotated[
    Annotated[Literal["match", "no_match"], Tag("<word>")] | Annotated[Destination, Tag("<queue>")],
    Discriminator(
        _tag,
        custom_error_type="expectation",
        custom_error_message="write match, no_match, or {queue: NAME}",
    ),
]
"""Whether the rule itself holds, whatever decides in the end; or where the mail goes."""


class RuleTest(Strict):
    """One example of a rule."""

    mail: ExampleMail
    expect: Expectation


class DeskTest(Strict):
    """One example of the rules as a whole."""

    mail: ExampleMail
    expect: Destination
