"""What every place for bytes does, be it a folder or a bucket."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import pytest

from storage import blobs
from storage.errors import NotFoundError, StorageUnavailableError
from storage.folder_blobs import FolderBlobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.blobs import BlobStore

CONTENT = b"hello " * 200_000


async def chunked(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def broken() -> AsyncIterator[bytes]:
    yield b"the beginning"
    raise ValueError("enough")


def files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


async def read(store: BlobStore, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(sha256)])


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """A folder, and a bucket whose other side is in memory: what is S3's own is the package's business."""
    folder = tmp_path / "not there yet"
    return blobs.open_store(folder.as_uri() if request.param == "file" else "memory:///prefix")


@pytest.mark.parametrize("content", [CONTENT, b""], ids=["large", "empty"])
async def test_content_is_found_by_its_hash(store: BlobStore, content: bytes) -> None:
    stored = await store.put(chunked(content))
    assert stored == (hashlib.sha256(content).hexdigest(), len(content))
    assert await store.has(stored.sha256)
    assert await read(store, stored.sha256) == content


async def test_content_that_comes_again_is_the_same(store: BlobStore) -> None:
    first, second = await asyncio.gather(*(store.put(chunked(CONTENT)) for _ in range(2)))
    assert first == second
    assert await read(store, first.sha256) == CONTENT


async def test_what_is_not_stored_is_not_there(store: BlobStore) -> None:
    assert not await store.has("ab" * 32)
    with pytest.raises(NotFoundError):
        await read(store, "ab" * 32)


async def test_half_a_file_is_no_file(store: BlobStore) -> None:
    with pytest.raises(ValueError, match="enough"):
        await store.put(broken())
    assert not await store.has(hashlib.sha256(b"the beginning").hexdigest())


async def test_a_folder_keeps_nothing_but_whole_files(tmp_path: Path) -> None:
    store = FolderBlobs(tmp_path)
    with pytest.raises(ValueError, match="enough"):
        await store.put(broken())
    stored = await store.put(chunked(CONTENT))
    assert files(tmp_path) == [f"{stored.sha256[:2]}/{stored.sha256}"]


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailableError):
        await FolderBlobs(tmp_path / "file").put(chunked(CONTENT))


def test_a_place_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        blobs.open_store("nowhere://bucket")
