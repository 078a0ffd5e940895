"""How far each source was read, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.cursors import Cursor
from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


async def move(storage: Storage, position: str, *, place: str = "here", seconds: int = 0) -> None:
    async with storage.unit_of_work() as uow:
        await uow.cursors.move("archive", place, position, NOW + seconds * SECOND)
        await uow.commit()


async def test_a_cursor_moves_and_keeps_its_beginning(storage: Storage) -> None:
    async with storage.reading() as uow:
        assert await uow.cursors.get("archive", "here") is None
    await move(storage, "1")
    await move(storage, "2", seconds=60)
    async with storage.reading() as uow:
        assert await uow.cursors.get("archive", "here") == Cursor("2", NOW)


async def test_each_place_of_a_source_has_its_own(storage: Storage) -> None:
    await move(storage, "7")
    await move(storage, "1", place="there", seconds=1)
    async with storage.reading() as uow:
        assert await uow.cursors.get("archive", "here") == Cursor("7", NOW)
        assert await uow.cursors.get("archive", "there") == Cursor("1", NOW + SECOND)
        assert await uow.cursors.get("other", "here") is None
