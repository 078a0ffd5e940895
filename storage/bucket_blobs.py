"""Blobs in a bucket of S3, Google Cloud or Azure; credentials come from the environment, as the vendors name them.

Its calls run in threads: those that the package offers for asyncio can abort the interpreter when it ends just after
one (https://github.com/PyO3/pyo3-async-runtimes/issues/40).
"""

from __future__ import annotations

import asyncio
import contextlib
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from storage import blobs, errors
from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterator

    from storage.blobs import Blob


class BucketBlobs:
    """A BlobStore at an object store's URL."""

    def __init__(self, url: str) -> None:
        try:
            self._store = obstore.store.from_url(url)
        except BaseError as error:
            raise ValueError(errors.first_line(error)) from error

    async def put(self, chunks: AsyncIterable[bytes]) -> Blob:
        # The name is known only when the last byte is, so the content waits on the disk meanwhile.
        with _translated(), TemporaryFile() as file:
            blob = await blobs.spool(chunks, file)
            file.seek(0)
            await asyncio.to_thread(obstore.put, self._store, blob.sha256, file)
        return blob

    async def has(self, sha256: str) -> bool:
        with _translated():
            try:
                await asyncio.to_thread(obstore.head, self._store, sha256)
            except FileNotFoundError:
                return False
        return True

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        with _translated():
            try:
                found = await asyncio.to_thread(obstore.get, self._store, sha256)
            except FileNotFoundError:
                raise NotFoundError(f"no blob {sha256}") from None
            stream = iter(found.stream(min_chunk_size=blobs.CHUNK))
            while chunk := await asyncio.to_thread(next, stream, None):
                yield bytes(chunk)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise StorageUnavailableError(errors.first_line(error)) from error
