"""Dead letters: what was given up, listed, tried again or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.dead_letters import DeadLetter
from bot import effects
from bot.errors import NotAllowedError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services import Services
    from storage.unit_of_work import UnitOfWork

_LISTED = 10


async def newest(services: Services) -> tuple[list[DeadLetter], int]:
    """The newest dead letters, and how many there are in all."""
    async with services.storage.reading() as uow:
        entries = await uow.outbox.dead(limit=_LISTED)
        counts = await uow.outbox.counts(services.clock())
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
        await _record(uow, "redriven", trace_id, entry_id, agent_id, now)


async def discard(services: Services, entry_id: int, *, agent_id: str) -> None:
    """Give one dead letter up for good.

    Raises:
        NotAllowedError: it is dead no more, or a mail waits for it.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        trace_id = await give_up(uow, entry_id, now=now)
        await _record(uow, "discarded", trace_id, entry_id, agent_id, now)


async def give_up(uow: UnitOfWork, entry_id: int, *, now: datetime) -> str | None:
    """Answer the trace id of what is discarded; None when it is not dead.

    Raises:
        NotAllowedError: a mail waits for it, which would have neither a ticket nor a reason.
    """
    letter = await uow.outbox.dead_letter(entry_id)
    if letter and letter.kind == effects.Kind.TRIAGE:
        raise NotAllowedError(f"A mail waits for #{entry_id} to get its ticket: try it again instead.")
    return await uow.outbox.discard(entry_id, now=now)


async def _record(
    uow: UnitOfWork, action: str, trace_id: str | None, entry_id: int, agent_id: str, now: datetime
) -> None:
    if trace_id is None:
        raise NotAllowedError(f"#{entry_id} is no dead letter any more: somebody was faster.")
    await uow.audit.add(
        action, trace_id=trace_id, ticket_id=None, actor=agent_id, now=now, entry=str(entry_id)
    )
    await uow.commit()
