"""Resolve, on a page: the escalation is over. The ticket stays open; it has a Resolve button of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escalation import change, refusals
from routing import escalation as machine

if TYPE_CHECKING:
    from bot.services import Services

_BECAUSE = "the trouble is over"


async def finish(services: Services, escalation_id: int, *, agent_id: str) -> None:
    """End the escalation.

    Raises:
        NotAllowedError: it is over already.
    """
    async with services.storage.unit_of_work() as uow:
        before, ticket = await change.hold(uow, escalation_id)
        refusals.if_over(before)
        after = machine.ended(before, because=_BECAUSE, by=agent_id, now=services.clock())
        await change.audit(services, uow, ticket, "escalation_ended", actor=agent_id, because=_BECAUSE)
        await change.apply(services, uow, before, after, ticket)
        await uow.commit()
