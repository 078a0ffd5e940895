"""Blobs in a local folder: `<first two digits>/<sha256>`, written aside and put in place whole."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from storage import blobs, errors
from storage.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator

    from storage.blobs import Blob


class FolderBlobs:
    """A BlobStore in a folder that is made when it is first written to."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    async def put(self, chunks: AsyncIterable[bytes]) -> Blob:
        with errors.translated():
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            with TemporaryDirectory(dir=self._folder, prefix=".incoming-") as aside:
                path = Path(aside, "blob")
                with await asyncio.to_thread(path.open, "wb") as file:
                    blob = await blobs.spool(chunks, file)
                    await asyncio.to_thread(_sync, file)
                await asyncio.to_thread(self._place, path, blob.sha256)
        return blob

    async def has(self, sha256: str) -> bool:
        return await asyncio.to_thread(self._path(sha256).exists)

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        with errors.translated():
            try:
                file = await asyncio.to_thread(self._path(sha256).open, "rb")
            except FileNotFoundError:
                raise NotFoundError(f"no blob {sha256}") from None
            with file:
                async for chunk in blobs.chunks_of(file):
                    yield chunk

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _place(self, written: Path, sha256: str) -> None:
        """Give durable bytes their name, and make that durable too."""
        path = self._path(sha256)
        path.parent.mkdir(exist_ok=True)
        # Also in the place of the same content: whether that was made durable before a crash, nobody knows.
        written.replace(path)
        _sync_folder(path.parent)
        _sync_folder(self._folder)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
