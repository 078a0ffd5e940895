"""Tells the operators of a destination that does not answer, and that it answers again: once an hour at the most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.workers import lanes

if TYPE_CHECKING:
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


async def tripped(services: Services, entry: OutboxEntry, error: Exception, uow: UnitOfWork) -> None:
    """A lane is paused; when all of Slack is down, all its lanes are, which one notice tells."""
    where = lanes.destination(entry.lane)
    reason = str(error) or type(error).__name__
    await _tell(
        services,
        entry,
        uow,
        f"{where} does not answer: {reason}. What goes there waits and is tried again by itself; "
        "everything else goes on.",
        event=f"tripped:{where}",
    )


async def closed(services: Services, entry: OutboxEntry, uow: UnitOfWork) -> None:
    """A paused lane has got something through."""
    where = lanes.destination(entry.lane)
    await _tell(
        services, entry, uow, f"{where} answers again; what waited goes out now.", event=f"closed:{where}"
    )


async def _tell(services: Services, entry: OutboxEntry, uow: UnitOfWork, text: str, *, event: str) -> None:
    now = services.clock()
    await effects.notify_operators(
        uow,
        text,
        channel=services.config.desk.operators_channel,
        trace_id=entry.trace_id,
        now=now,
        dedup_key=f"breaker:{event}:{now:%Y-%m-%dT%H}",
    )
