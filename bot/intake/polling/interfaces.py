"""What a polled mailbox has to offer, and how it says that it cannot be read now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.errors import DeskbellError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import timedelta

    from storage.cursors import Cursor


class PollFailedError(DeskbellError):
    """The mailbox does not answer as it should; the message says so to the operators."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        """The pause that the other side asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One mail as the mailbox gives it."""

    id: str | None
    """What the mailbox calls it; None when it does not say."""
    raw: bytes
    problem: str | None = None
    """Why `raw` is not the whole mail: a sentence for the person who handles it by hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Some mails in their order."""

    messages: Sequence[Message]
    position: str | None
    """Where to go on once these are stored; None to stay where it was."""


class Mailbox(Protocol):
    """A place that is asked for mail. Only one task uses it at a time."""

    @property
    def place(self) -> str:
        """Its address: positions of one place mean nothing in another."""

    @property
    def content_type(self) -> str:
        """The media type of its mails."""

    def batches(self, cursor: Cursor | None) -> AsyncGenerator[Batch, None]:
        """All that came after the cursor, oldest first.

        Raises:
            PollFailedError: it cannot be read now; what was given before stays valid.
        """

    async def acknowledge(self, batch: Batch) -> None:
        """Tell it that these mails are stored, where it wants to know.

        Raises:
            PollFailedError: it did not take it; the mails will come again.
        """

    async def wait(self, interval: timedelta) -> None:
        """Return when it is time to look again: after the interval, or before if there is news.

        Raises:
            PollFailedError: the connection was lost meanwhile.
        """

    async def close(self) -> None:
        """Let go of every connection; whoever reads again opens new ones."""
