"""Dead letters: what was given up, listed and tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.dead_letters import DeadLetter
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from bot.services import Services

_LISTED = 10


async def newest(services: Services) -> tuple[list[DeadLetter], int]:
    """The newest dead letters, and how many there are in all."""
    async with services.storage.reading() as uow:
        entries = await uow.outbox.dead(limit=_LISTED)
        counts = await uow.outbox.counts()
    letters = [
        DeadLetter(
            id=entry.id,
            kind=entry.kind,
            destination=entry.lane,
            created_at=entry.created_at,
            reason=entry.last_error or "",
            attempts=entry.attempts,
        )
        for entry in entries
    ]
    return letters, counts.get("dead", 0)


async def retry(services: Services, entry_id: int, *, agent_id: str) -> None:
    """Make one dead letter ready again.

    Raises:
        NotAllowedError: it is dead no more.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        trace_id = await uow.outbox.redrive(entry_id, now=now)
        if trace_id is None:
            raise NotAllowedError(f"#{entry_id} is no dead letter any more: it was tried again already.")
        await uow.audit.add(
            "redriven", trace_id=trace_id, ticket_id=None, actor=agent_id, now=now, entry=str(entry_id)
        )
        await uow.commit()
