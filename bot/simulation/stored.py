"""What only the database of a desk knows of its schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.on_call import rosters
from bot.simulation.rotas import Rotas

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import SupportConfig
    from storage.unit_of_work import Storage


async def read(config: SupportConfig, storage: Storage, *, at: datetime) -> Rotas:
    """The schedules with what people have changed, and the copies of calendars elsewhere, from a time on.

    Raises:
        StorageUnavailableError: the database does not answer.
    """
    try:
        async with storage.reading() as uow:
            found = await rosters.read(config.schedules, uow, at=at)
    finally:
        await storage.database.close()
    return Rotas.stored(found, config)
