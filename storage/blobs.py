"""Where the bytes of attachments lie: by the SHA-256 of their content, so that the same file lies there once."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator

CHUNK = 256 * 1024
"""Bytes that are read at once."""


class Blob(NamedTuple):
    """What was stored."""

    sha256: str
    """In hex."""
    size: int


class BlobStore(Protocol):
    """A place for bytes. Every method raises StorageUnavailableError where the place does not answer."""

    async def put(self, chunks: AsyncIterable[bytes]) -> Blob:
        """Store the content; it is durable on return. Content that is there already is no error."""

    async def has(self, sha256: str) -> bool:
        """Whether this content is stored."""

    def read(self, sha256: str) -> AsyncIterator[bytes]:
        """The content in chunks.

        Raises:
            NotFoundError: it is not stored.
        """


def open_store(url: str) -> BlobStore:
    """The store at `file:///folder`, `s3://bucket/prefix`, `gs://...` or `az://...`; nothing is contacted yet.

    Raises:
        ImportError: a bucket is wanted, and the extra `attachments` is not installed.
        ValueError: no store has such a URL.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        from storage.folder_blobs import FolderBlobs  # noqa: PLC0415 - as below

        return FolderBlobs(unquote(parts.path))
    from storage.bucket_blobs import BucketBlobs  # noqa: PLC0415 - its package is an extra

    return BucketBlobs(url)


async def spool(chunks: AsyncIterable[bytes], file: BinaryIO) -> Blob:
    """Write the chunks to an open file, off the event loop, and tell what they are."""
    digest, size = hashlib.sha256(), 0
    async for chunk in chunks:
        await asyncio.to_thread(file.write, chunk)
        digest.update(chunk)
        size += len(chunk)
    return Blob(digest.hexdigest(), size)


async def chunks_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """The rest of an open file, read off the event loop."""
    while chunk := await asyncio.to_thread(file.read, CHUNK):
        yield chunk
