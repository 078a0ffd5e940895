"""Snooze: nobody is called until a time that a person chooses; then the policy begins again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blocks.ids import Snooze
from bot.errors import NotAllowedError
from bot.escalation import change, refusals
from routing import escalation as machine
from routing import next_business_day

if TYPE_CHECKING:
    from blocks.ids import SnoozeRef
    from bot.services import Services

_LENGTHS = {Snooze.QUARTER: timedelta(minutes=15), Snooze.HOUR: timedelta(hours=1)}


async def snooze(services: Services, ref: SnoozeRef, *, agent_id: str) -> None:
    """Put the escalation to sleep.

    Raises:
        NotAllowedError: it is over, or the desk never opens.
    """
    until = _until(services, ref.choice)
    async with services.storage.unit_of_work() as uow:
        before, ticket = await change.hold(uow, ref.escalation_id)
        refusals.if_over(before)
        after = machine.snoozed(before, by=agent_id, until=until)
        await change.audit(
            services, uow, ticket, "snoozed", actor=agent_id, until=f"{until:%Y-%m-%d %H:%M %Z}"
        )
        await change.apply(services, uow, before, after, ticket)
        await uow.commit()


def _until(services: Services, choice: Snooze) -> datetime:
    now = services.clock()
    if choice in _LENGTHS:
        return now + _LENGTHS[choice]
    opening = next_business_day.opening(services.config.business_hours, now)
    if opening is None:
        raise NotAllowedError("`business_hours` in support.yaml name no day on which somebody is at work.")
    return opening
