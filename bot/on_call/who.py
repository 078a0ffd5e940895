"""Whom it means to call on-call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.on_call import rosters

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services import Services
    from storage.unit_of_work import UnitOfWork

_SLACK_ID = re.compile(r"[USW][A-Z0-9]{2,}")


async def on_call(services: Services, uow: UnitOfWork, target: str, *, at: datetime) -> tuple[str, ...]:
    """The Slack ids that a target means: itself, if it is a user or user group, else who is on call by the schedule.

    Empty where nobody is on call, or where the schedule is no longer configured.
    """
    if _SLACK_ID.fullmatch(target):
        return (target,)
    found = await rosters.load(services, uow, [target], at=at)
    return found[target].at(at) if target in found else ()
