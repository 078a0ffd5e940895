"""The ways in for mail, as support.yaml describes them; their secrets come from the environment."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from bot.config_types import Duration, Line, Slug  # noqa: TC001 - pydantic reads the annotations
from routing.rules import QueueId  # noqa: TC001 - as above
from routing.strict import Strict, known, shaped


class RestPoll(Strict):
    """Mail is fetched from an HTTP API: `GET {url}/messages`, `POST {url}/messages/{id}/ack`."""

    kind: Literal["rest"]
    url: Annotated[
        str, shaped(r"https?://[^\s?#/]+(?:/[^\s?#/]+)*", "an http(s) address without a slash at its end")
    ]
    interval: Duration = timedelta(seconds=30)
    batch: int = Field(default=50, ge=1, le=500)
    """How many messages are asked for at once."""


class ImapPoll(Strict):
    """Mail is read from an IMAP mailbox, which stays exactly as it is."""

    kind: Literal["imap"]
    host: Line
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    """`none` is for a server on the same machine only."""
    mailbox: Annotated[
        str, shaped(r"[ -~]+", "a mailbox name as IMAP writes it: ASCII, other letters in modified UTF-7")
    ] = "INBOX"
    interval: Duration = timedelta(seconds=60)
    """The longest pause between two looks."""
    idle: bool = True
    """Look at once when the server tells of new mail (RFC 2177), if it can."""
    history: bool = False
    """Whether mail that was there before the first look becomes tickets too."""


_CARRIES = {"rest": "mailparse", "imap": "raw"}
"""What each kind of polling brings: the provider that reads it."""


def _tag(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"<{kind}>" if isinstance(kind, str) and kind in _CARRIES else None


Poll = Annotated[
    Annotated[RestPoll, Tag("<rest>")] | Annotated[ImapPoll, Tag("<imap>")],
    Discriminator(
        _tag, custom_error_type="poll", custom_error_message="needs a kind: write kind: rest, or kind: imap"
    ),
]


class Source(Strict):
    """A way in: a webhook, unless it says what to poll."""

    provider: Annotated[str, known("provider")]
    tenant: Slug
    default_queue: QueueId | None = None
    """Where its mail goes if no rule knows better; None for the triage queue."""
    poll: Poll | None = None

    @model_validator(mode="after")
    def _is_readable(self) -> Self:
        if self.poll and self.provider != (carried := _CARRIES[self.poll.kind]):
            raise ValueError(f"polling by {self.poll.kind} brings {carried} mail: write provider: {carried}")
        return self
