"""An IMAP mailbox, read by UID and left exactly as it is.

What was read is remembered by UIDVALIDITY and UID (RFC 3501, 2.3.1.1), never by the flag "seen": a person who opens
a mail in the same mailbox must not hide it from us.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from bot.intake.polling.imap_connection import ImapConnection
from bot.intake.polling.interfaces import Batch, Message, PollFailedError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from bot.config_sources import ImapPoll
    from storage.cursors import Cursor

_BATCH = 50
_BATCH_BYTES = 8 * 1024 * 1024
"""A batch ends early at this size: it is held in memory."""
_KEPT = 64 * 1024
"""What is stored of a mail that is too large."""
_BODY = re.compile(rb"BODY\[\]\S* (?!NIL\b)", re.IGNORECASE)
"""A response without it tells of new flags, or of a mail that is gone: dovecot calls its body NIL."""
_LONGEST_IDLE = timedelta(minutes=29)
"""Servers end a session after half an hour (RFC 2177)."""


@dataclass(frozen=True, slots=True)
class Position:
    """All mails up to this UID are stored; UIDs count anew with each UIDVALIDITY."""

    validity: int
    uid: int

    @classmethod
    def parse(cls, text: str) -> Position:
        validity, uid = text.split(":")
        return cls(int(validity), int(uid))

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}"


class ImapMailbox:
    """See `Mailbox`. It is opened by EXAMINE and read by BODY.PEEK, so nothing is flagged or deleted."""

    content_type = "message/rfc822"

    def __init__(self, poll: ImapPoll, *, user: str, password: str, largest: int) -> None:
        """`largest`: of a mail with more bytes only the beginning is taken."""
        self.place = f"imap://{user}@{poll.host}:{poll.port}/{poll.mailbox}"
        self._poll = poll
        self._login = f"LOGIN {_quoted(user)} {_quoted(password)}"
        self._largest = largest
        self._tls = None if poll.security == "none" else ssl.create_default_context()
        self._connection: ImapConnection | None = None
        self._can_idle = False

    async def batches(self, cursor: Cursor | None) -> AsyncGenerator[Batch, None]:
        """See `Mailbox.batches`."""
        connection = await self._opened()
        newest = await _examine(connection, self._poll.mailbox)
        if cursor is None:
            first = Position(newest.validity, 0 if self._poll.history else newest.uid)
            yield Batch(messages=(), position=str(first))
            known = first
        else:
            known = Position.parse(cursor.position)
        if known.validity == newest.validity:
            async for batch in self._after(connection, known):
                yield batch
        elif cursor:
            async for batch in self._anew(connection, newest, cursor.began_at):
                yield batch

    async def _after(self, connection: ImapConnection, known: Position) -> AsyncGenerator[Batch, None]:
        uids = await _search(connection, known.uid)
        async for messages, last in self._fetched(connection, uids):
            yield Batch(messages=messages, position=str(Position(known.validity, last)))

    async def _anew(
        self, connection: ImapConnection, newest: Position, began_at: datetime
    ) -> AsyncGenerator[Batch, None]:
        """The UIDs mean other mails now: all are read again, and those that are known turn out as duplicates.

        The position moves when all is done, so that what breaks off begins anew, with the same limits.
        """
        since = None if self._poll.history else began_at
        uids = await _search(connection, 0, since=since)
        async for messages, _ in self._fetched(connection, uids):
            yield Batch(messages=messages, position=None)
        yield Batch(messages=(), position=str(Position(newest.validity, max([newest.uid, *uids]))))

    async def _fetched(
        self, connection: ImapConnection, uids: list[int]
    ) -> AsyncGenerator[tuple[list[Message], int], None]:
        messages: list[Message] = []
        for number, uid in enumerate(uids, start=1):
            message = await self._fetch(connection, uid)
            messages += [message] if message else []
            size = sum(len(message.raw) for message in messages)
            if number == len(uids) or len(messages) == _BATCH or size > _BATCH_BYTES:
                yield messages, uid
                messages = []

    async def _fetch(self, connection: ImapConnection, uid: int) -> Message | None:
        """None for a mail that somebody has deleted meanwhile."""
        responses = await connection.command(f"UID FETCH {uid} (UID BODY.PEEK[]<0.{self._largest + 1}>)")
        named = re.compile(rb"\bUID %d\b" % uid)
        for response in responses:
            if _BODY.search(response.text) and named.search(response.text):
                return self._message(uid, response.literals[0] if response.literals else b"")
        return None

    def _message(self, uid: int, raw: bytes) -> Message:
        if len(raw) <= self._largest:
            return Message(id=str(uid), raw=raw)
        problem = (
            f"The mail is larger than {self._largest} bytes. Its first {_KEPT} bytes are kept here; "
            f"the whole is in {self._poll.mailbox}, UID {uid}."
        )
        return Message(id=str(uid), raw=raw[:_KEPT], problem=problem)

    async def acknowledge(self, batch: Batch) -> None:
        """See `Mailbox.acknowledge`: the mailbox is not ours to change."""

    async def wait(self, interval: timedelta) -> None:
        """See `Mailbox.wait`."""
        if self._connection and self._can_idle:
            await self._connection.idle(min(interval, _LONGEST_IDLE).total_seconds())
        else:
            await self.close()
            await asyncio.sleep(interval.total_seconds())

    async def close(self) -> None:
        """See `Mailbox.close`."""
        if self._connection:
            await self._connection.close()
            self._connection = None

    async def _opened(self) -> ImapConnection:
        if self._connection and self._connection.is_usable:
            return self._connection
        await self.close()
        poll = self._poll
        connection = self._connection = await ImapConnection.open(
            poll.host, poll.port, tls=self._tls, starttls=poll.security == "starttls"
        )
        await connection.command(self._login, shown="LOGIN")
        capabilities = b" ".join(response.text for response in await connection.command("CAPABILITY"))
        self._can_idle = poll.idle and b"IDLE" in capabilities.upper().split()
        return connection


async def _examine(connection: ImapConnection, mailbox: str) -> Position:
    """Open the mailbox for reading only; answers the position behind its newest mail."""
    text = b"".join(response.text for response in await connection.command(f"EXAMINE {_quoted(mailbox)}"))
    validity, uid_next = (re.search(rb"\[%s (\d+)\]" % name, text) for name in (b"UIDVALIDITY", b"UIDNEXT"))
    if not validity or not uid_next:
        raise PollFailedError(f"the server gives the mails of {mailbox} no lasting numbers")
    return Position(int(validity[1]), int(uid_next[1]) - 1)


async def _search(connection: ImapConnection, after: int, *, since: datetime | None = None) -> list[int]:
    criteria = f"UID {after + 1}:*"
    if since:
        # SINCE looks at the date alone, in whatever time zone: a day earlier misses nothing.
        day = format_datetime(since - timedelta(days=1)).split()[1:4]
        criteria += f" SINCE {'-'.join(day)}"
    responses = await connection.command(f"UID SEARCH {criteria}")
    told = [
        response.text.split()[2:] for response in responses if response.text.upper().startswith(b"* SEARCH")
    ]
    # "8:*" is also "*:8": a mailbox without a new mail answers with its last one.
    try:
        return sorted(uid for uids in told for uid in map(int, uids) if uid > after)
    except ValueError as error:
        raise PollFailedError("the server answered a search with something else than numbers") from error


def _quoted(text: str) -> str:
    """A quoted string; settings and configuration let no control characters get here."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
