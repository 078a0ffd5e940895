"""The real scanner."""

from __future__ import annotations

import asyncio
import io
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.errors import PermanentError, TransientError
from bot.integrations.clamav import ClamAvScanner
from tests import clamav, packed, servers
from tests.clamav import EICAR, VIRUS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clamav import ClamAv


@pytest.mark.parametrize(
    "content",
    [
        EICAR,
        packed.zipped(EICAR),
        packed.zipped(packed.zipped(EICAR)),
        packed.tarred(EICAR),
        packed.mailed(EICAR),
        packed.mailed(packed.zipped(EICAR)),
    ],
    ids=["plain", "zipped", "nested", "tar.gz", "mail", "zip in mail"],
)
async def test_a_virus_is_found_wherever_it_hides(clamav_server: ClamAv, content: bytes) -> None:
    assert await ClamAvScanner(clamav_server.socket).scan(io.BytesIO(content)) == VIRUS


@pytest.mark.parametrize(
    "content", [b"", b"hello", os.urandom(clamav.LARGEST), packed.zipped(b"hello")], ids=len
)
async def test_what_is_clean_is_clean(clamav_server: ClamAv, content: bytes) -> None:
    assert await ClamAvScanner(clamav_server.socket).scan(io.BytesIO(content)) is None


@pytest.mark.parametrize("size", [clamav.LARGEST + 1, 20 * clamav.LARGEST])
async def test_what_is_too_large_for_the_scanner_is_not_clean(clamav_server: ClamAv, size: int) -> None:
    with pytest.raises(PermanentError, match="larger than the scanner takes"):
        await ClamAvScanner(clamav_server.socket).scan(io.BytesIO(bytes(size)))


async def test_a_scanner_that_is_not_there_may_come_back() -> None:
    with pytest.raises(TransientError):
        await ClamAvScanner(f"127.0.0.1:{servers.free_port()}").scan(io.BytesIO(b"hello"))


@asynccontextmanager
async def _answering(answer: bytes) -> AsyncIterator[int]:
    """The port of a scanner that always says the same."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"hello\0\0\0\0")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", PermanentError),
        (b"stream: Heuristics.Encrypted.Zip FOUND\0", PermanentError),
        (b"stream: Can't allocate memory ERROR\0", TransientError),
        (b"stream: O", TransientError),
        (b"", TransientError),
    ],
)
async def test_an_answer_that_is_not_ok_is_not_clean(answer: bytes, error: type[Exception]) -> None:
    async with _answering(answer) as port:
        with pytest.raises(error):
            await ClamAvScanner(f"127.0.0.1:{port}").scan(io.BytesIO(b"hello"))
