"""Scans files with ClamAV's daemon, over its INSTREAM command (clamd(8), "COMMANDS")."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from bot.errors import PermanentError, TransientError
from storage import blobs

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

_LONGEST_SECONDS = 50
"""For a scan: less than the lease of an outbox entry."""
_NOT_LOOKED_INTO = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")
"""What it calls found, depending on its configuration, where it has in fact given up."""
_TOO_LARGE = "INSTREAM size limit exceeded"


class ClamAvScanner:
    """A Scanner; each scan has a connection of its own."""

    def __init__(self, address: str) -> None:
        """`address` is the path of a Unix socket, or `host:port`."""
        self._address = address

    async def scan(self, file: BinaryIO) -> str | None:
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                reader, writer = await self._connect()
                try:
                    reply = await _ask(reader, writer, file)
                finally:
                    writer.close()
        except (OSError, EOFError, TimeoutError) as error:
            raise TransientError(
                f"the virus scanner does not answer: {error or type(error).__name__}"
            ) from error
        return _verdict(reply)

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


async def _ask(reader: StreamReader, writer: StreamWriter, file: BinaryIO) -> str:
    # Read while sending: on a file that is too large it answers in the middle and resets the connection.
    reply = asyncio.create_task(reader.readuntil(b"\0"))
    try:
        with suppress(ConnectionError):  # what it said before it hung up is what counts
            await _send(writer, file, reply)
        return (await reply).rstrip(b"\0").decode(errors="replace")
    finally:
        reply.cancel()


async def _send(writer: StreamWriter, file: BinaryIO, reply: asyncio.Task[bytes]) -> None:
    """Chunks with their length before them; one of no length is the end."""
    writer.write(b"zINSTREAM\0")
    async for chunk in blobs.chunks_of(file):
        if reply.done():
            return
        writer.write(len(chunk).to_bytes(4, "big") + chunk)
        await writer.drain()
    writer.write((0).to_bytes(4, "big"))
    await writer.drain()


def _verdict(reply: str) -> str | None:
    """Of `stream: OK`, `stream: <name> FOUND` or `<message> ERROR`; nothing else counts as clean."""
    words = reply.removeprefix("stream: ")
    if words == "OK":
        return None
    if words.startswith(_TOO_LARGE):
        raise PermanentError("it is larger than the scanner takes")
    if not words.endswith(" FOUND"):
        raise TransientError(f"the virus scanner answers: {words}")
    name = words.removesuffix(" FOUND")
    if name.startswith(_NOT_LOOKED_INTO):
        raise PermanentError(f"the scanner gave up: {name}")
    return name
