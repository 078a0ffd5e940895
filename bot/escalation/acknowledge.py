"""Acknowledge: somebody takes it, no step runs from then on, and every copy of the page says who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escalation import change, refusals
from routing import escalation as machine

if TYPE_CHECKING:
    from bot.services import Services


async def acknowledge(services: Services, escalation_id: int, *, agent_id: str) -> None:
    """Take the escalation.

    Raises:
        NotAllowedError: somebody had it already, or it is over.
    """
    async with services.storage.unit_of_work() as uow:
        before, ticket = await change.hold(uow, escalation_id)
        refusals.if_taken(before)
        after = machine.acknowledged(before, by=agent_id, now=services.clock())
        await change.audit(services, uow, ticket, "acknowledged", actor=agent_id)
        await change.apply(services, uow, before, after, ticket)
        await uow.commit()
