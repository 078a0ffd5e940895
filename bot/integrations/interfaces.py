"""What Deskbell needs of other systems. Adapters raise the DeliveryErrors of `bot.errors` and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from email.message import EmailMessage

    from blocks.message import SlackMessage
    from bot.config_schedules import FedSchedule
    from routing.decision import Priority
    from routing.duties import Duty
    from routing.requester import Requester
    from storage.hints import Hint


class Posted(NamedTuple):
    """Where a message stands: the channel's id (also when it was named `#name`) and its timestamp."""

    channel: str
    ts: str


class SharedFile(NamedTuple):
    """A file for a thread; `comment` is the text of its message."""

    name: str
    title: str
    comment: str
    content: bytes


class Workspace(Protocol):
    """The team's Slack workspace."""

    async def post(
        self, channel: str, message: SlackMessage, *, entry_id: int, thread_ts: str | None = None
    ) -> Posted:
        """Post a message that carries `entry_id` in its metadata, so that `find` knows it again."""

    async def find(
        self, channel: str, *, entry_id: int, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        """The message of an outbox entry whose outcome is unknown, if it was posted."""

    async def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        """Put a message in the place of an earlier one."""

    async def share(self, channel: str, file: SharedFile, *, thread_ts: str) -> None:
        """Put a file into a thread; the channel is an id.

        Raises:
            PermanentError: files are refused; the message says what a person has to do, where that is known.
        """

    async def has_file(self, channel: str, *, name: str, thread_ts: str) -> bool:
        """Whether a file of this name stands in a thread, because a file knows no other mark.

        Raises:
            MessageGoneError: there is no such thread any more.
        """

    async def create_channel(self, name: str, *, since: datetime) -> str:
        """Make a public channel; gives its id.

        One of this name that was made after `since` is that of an earlier attempt; where an older one has the name,
        a number is added.
        """

    async def invite(self, channel: str, user_ids: list[str]) -> None:
        """Bring people into a channel; who is there already stays."""

    async def set_topic(self, channel: str, topic: str) -> None:
        """Say above a channel what it is about."""

    async def group_members(self, group_id: str) -> list[str]:
        """Slack user ids of a user group."""

    async def set_group_members(self, group_id: str, people: Sequence[str]) -> None:
        """Make these the members of a user group; it is never empty."""

    async def people_called(self, name: str) -> list[str]:
        """Slack user ids of those who go by a name or handle; upper case or not."""

    async def display_name(self, user_id: str) -> str:
        """How a customer should read an agent's name."""


class MailSender(Protocol):
    """The way to the customers' mailboxes."""

    async def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        """Hand one mail over. The empty `envelope_from` is the null path, which no bounce answers."""


class FileFetcher(Protocol):
    """The way to files that a provider keeps for us at an address."""

    def open(self, url: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes at an address in chunks, uncompressed; the reader stops when it has too many.

        Raises:
            PermanentError: the address is not one that a stranger may send us to, or there is no file.
        """


class Scanner(Protocol):
    """Looks for viruses."""

    async def scan(self, file: BinaryIO) -> str | None:
        """The name of what is in the file, from where it stands to its end; None when it is clean.

        Raises:
            PermanentError: it cannot vouch for this file.
        """


class DutyCalendars(Protocol):
    """Calendars elsewhere that say who is on call."""

    async def duties(
        self, name: str, schedule: FedSchedule, *, start: datetime, end: datetime
    ) -> tuple[Duty, ...]:
        """What the calendar of a schedule says of the time between two moments."""


class Heartbeat(Protocol):
    """Somebody outside who raises the alarm when they hear nothing of us."""

    async def beat(self) -> None:
        """Say that all is well; never raises."""

    async def close(self) -> None:
        """Let go of connections."""


class RequesterDirectory(Protocol):
    """The team's own records of its customers."""

    async def look_up(self, address: str) -> Requester | None:
        """Who writes from an address in lower case; None for a stranger."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageCall:
    """What an outside service tells who it calls."""

    dedup_key: str
    """Calls under one key are one alert, however often they are made."""
    summary: str
    severity: Priority
    source: str
    """Who calls: the desk's own domain."""
    link: str
    details: Mapping[str, str]
    number: int = 1
    """The how manieth call under this key it is; one that is made again after a failure keeps its number."""


class Pager(Protocol):
    """A service that calls people, by telephone if need be. It may be told the same twice, and does it once."""

    async def trigger(self, call: PageCall) -> None:
        """Open an alert, or find that it is open."""

    async def acknowledge(self, dedup_key: str, *, by: str) -> None:
        """Call nobody any more: somebody has taken it. An alert that is not there is no error."""

    async def resolve(self, dedup_key: str) -> None:
        """Close the alert. One that is not there is no error."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One hint as a broker has delivered it."""

    hint: Hint
    receipt: Any = None
    """By what the transport knows it again; nobody else looks at it."""


class Transport(Protocol):
    """Carries hints from the process that committed an entry to one that works on it.

    The database stays the truth: a hint that is lost, late or doubled changes nothing but when an entry is seen.
    None of its methods tries twice: whoever calls does, after a pause.
    """

    name: str
    """How people call it."""

    async def publish(self, hints: Sequence[Hint]) -> None:
        """Return when the other side has them.

        Raises:
            TransientError: it may not have them.
        """

    def receive(self) -> AsyncGenerator[Sequence[Delivery], None]:
        """What comes in, until the generator is closed; what was not acknowledged then comes again somewhere.

        The first batch is empty: it says that somebody listens now. What is no hint goes to the dead letters of the
        broker, and so does what comes again and again.

        Raises:
            TransientError: the connection is lost.
        """

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """They need not come again: what they hint at is committed.

        Raises:
            TransientError: they may come again.
        """

    async def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Somebody else shall have them now.

        Raises:
            TransientError: they come again later.
        """

    async def check(self) -> str:
        """What answers, and how much waits there.

        Raises:
            TransientError: nobody answers.
            PermanentError: the login is refused.
        """

    async def close(self) -> None:
        """Let go of connections."""
