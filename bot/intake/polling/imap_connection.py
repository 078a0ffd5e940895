"""As much of an IMAP client as it takes to read a mailbox and change nothing in it (RFC 3501, RFC 2177).

The standard library's client blocks, and waits for news (IDLE) only from Python 3.14 on.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.intake.polling.interfaces import PollFailedError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

_PATIENCE_SECONDS = 60
"""Longer than a server needs for any command, one mail of the largest size included."""
_LONGEST_LINE = 16 * 1024 * 1024
"""A search answers in one line; this one holds two million numbers."""
_LARGEST_LITERAL = 256 * 1024 * 1024
_LITERAL = re.compile(rb"\{(\d{1,12})\}\r\n\Z")


@dataclass(frozen=True, slots=True)
class Response:
    """One response of the server: its text, and apart from it the literals, which may hold anything."""

    text: bytes
    literals: tuple[bytes, ...]


class ImapConnection:
    """One conversation with a server; one command at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._plain_writer: asyncio.StreamWriter | None = None
        self._count = 0
        self.is_usable = True
        """False once a command did not end well: the next answer may be one to an earlier question."""

    @classmethod
    async def open(
        cls, host: str, port: int, *, tls: ssl.SSLContext | None, starttls: bool
    ) -> ImapConnection:
        """Connect, encrypted if a context is given: from the first byte, or by STARTTLS.

        Raises:
            PollFailedError: the server cannot be reached, is not the one of its certificate, or does not greet.
        """
        at_once = None if starttls else tls
        async with _translated():
            streams = await asyncio.open_connection(host, port, ssl=at_once, limit=_LONGEST_LINE)
        connection = cls(*streams)
        try:
            await connection._greeted()
            if starttls and tls:
                await connection.command("STARTTLS")
                await connection._encrypt(tls, host)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _greeted(self) -> None:
        async with _translated():
            greeting = await self._read()
        if not greeting.text.upper().startswith(b"* OK"):
            raise PollFailedError(f"the server does not let us in: {_shown(greeting.text)}")

    async def _encrypt(self, tls: ssl.SSLContext, host: str) -> None:
        # A new reader: what somebody slipped in behind the answer in plain text must not count as the server's.
        reader = asyncio.StreamReader(limit=_LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        async with _translated():
            transport = await loop.start_tls(self._writer.transport, protocol, tls, server_hostname=host)
        if transport is None:
            raise PollFailedError("the connection was lost during STARTTLS")
        protocol.connection_made(transport)
        # Kept, because a stream writer that is thrown away closes the transport, on which TLS now runs.
        self._plain_writer = self._writer
        self._reader, self._writer = reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def command(self, line: str, *, shown: str | None = None) -> list[Response]:
        """Send a command; answers the untagged responses. `shown` stands in errors for a line with a secret.

        Raises:
            PollFailedError: the server refused it or does not answer.
        """
        self.is_usable = False
        async with _translated():
            tag = await self._send(line)
            responses, status = await self._until(tag)
        if not status.upper().startswith(b"OK"):
            raise PollFailedError(f"{shown or line}: the server answered {_shown(status)}")
        self.is_usable = True
        return responses

    async def idle(self, seconds: float) -> None:
        """Return when the server tells of new mail, at the latest after `seconds`.

        Raises:
            PollFailedError: the connection was lost.
        """
        self.is_usable = False
        async with _translated():
            tag = await self._send("IDLE")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), _translated(seconds):
                while b" EXISTS" not in (await self._line()).upper():
                    pass
        async with _translated():
            self._writer.write(b"DONE\r\n")
            await self._until(tag)
        self.is_usable = True

    async def _send(self, line: str) -> bytes:
        self._count += 1
        tag = b"d%d" % self._count
        self._writer.write(b"%s %s\r\n" % (tag, line.encode()))
        await self._writer.drain()
        return tag

    async def _until(self, tag: bytes) -> tuple[list[Response], bytes]:
        responses: list[Response] = []
        while True:
            response = await self._read()
            if response.text.startswith(tag + b" "):
                return responses, response.text.removeprefix(tag + b" ")
            responses.append(response)

    async def _read(self) -> Response:
        lines: list[bytes] = []
        literals: list[bytes] = []
        while True:
            lines.append(await self._line())
            literal = _LITERAL.search(lines[-1])
            if literal is None:
                return Response(b"".join(lines), tuple(literals))
            size = int(literal[1])
            if size > _LARGEST_LITERAL:
                raise PollFailedError(f"the server announced {size} bytes")
            literals.append(await self._reader.readexactly(size))

    async def _line(self) -> bytes:
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise PollFailedError("the server closed the connection")
        return line

    async def close(self) -> None:
        """Leave without waiting for a farewell."""
        self.is_usable = False
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()


@asynccontextmanager
async def _translated(extra_seconds: float = 0) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS + extra_seconds):
            yield
    except TimeoutError as error:
        raise PollFailedError("the server does not answer") from error
    except (OSError, EOFError, ValueError) as error:
        raise PollFailedError(str(error) or type(error).__name__) from error


def _shown(text: bytes) -> str:
    return text[:200].decode("ascii", "replace").strip()
