"""Every schedule has its timers, whatever happened to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config_schedules import FedSchedule
from bot.on_call import tasks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.config_schedules import Schedule
    from storage.unit_of_work import UnitOfWork

_ADOPTION = timedelta(seconds=5)


async def start(uow: UnitOfWork, schedules: Mapping[str, Schedule], *, now: datetime) -> None:
    """Look at every schedule at once; what looks goes on by itself."""
    for name, described in schedules.items():
        await tasks.watch(uow, name, now=now)
        if isinstance(described, FedSchedule):
            await tasks.refresh(uow, name, now=now)


async def start_soon(uow: UnitOfWork, schedules: Mapping[str, Schedule], *, now: datetime) -> None:
    """The same for a configuration that is about to be adopted: nothing may look for it too early."""
    for name, described in schedules.items():
        await tasks.watch(uow, name, now=now, due_at=now + _ADOPTION)
        if isinstance(described, FedSchedule):
            await tasks.refresh(uow, name, now=now, due_at=now + _ADOPTION)
