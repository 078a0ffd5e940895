"""The answers of who has acknowledged and is asked whether they are still on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot.errors import NotAllowedError
from bot.escalation import change, refusals
from routing import escalation as machine

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation


async def still_on_it(services: Services, escalation_id: int, *, agent_id: str) -> None:
    """They go on, and are asked later.

    Raises:
        NotAllowedError: it is not theirs any more.
    """
    async with services.storage.unit_of_work() as uow:
        before, ticket = await change.hold(uow, escalation_id)
        _refuse_others(before, agent_id)
        after = machine.progressed(before, now=services.clock())
        await change.audit(services, uow, ticket, "still_on_it", actor=agent_id)
        if after is not None:
            await change.apply(services, uow, before, after, ticket)
        await uow.commit()


async def give_back(services: Services, escalation_id: int, *, agent_id: str) -> None:
    """Somebody else must take it: the policy begins again.

    Raises:
        NotAllowedError: it is not theirs any more.
    """
    async with services.storage.unit_of_work() as uow:
        before, ticket = await change.hold(uow, escalation_id)
        _refuse_others(before, agent_id)
        after = machine.released(before, now=services.clock())
        await change.audit(services, uow, ticket, "acknowledgement_given_back", actor=agent_id)
        await change.tell(
            services, uow, after, ticket, f"🔔 {text.user(agent_id)} gives it back: the policy begins again."
        )
        await change.apply(services, uow, before, after, ticket)
        await uow.commit()


def _refuse_others(escalation: Escalation, agent_id: str) -> None:
    refusals.if_over(escalation)
    if escalation.acknowledged_by != agent_id:
        raise NotAllowedError("This is not yours any more: look at the page for who has it.")
