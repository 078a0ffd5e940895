"""Whom a step calls, when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.on_call import who
from routing import escalation_policy

if TYPE_CHECKING:
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

GROUP_PREFIX = "S"
CHANNEL_PREFIXES = ("#", "C", "G")


class Recipients(NamedTuple):
    """Who is called, and why others are not."""

    targets: tuple[str, ...]
    """People, user groups and channels, each once."""
    missing: tuple[str, ...]
    """In words, for those who run the desk."""


async def find(services: Services, uow: UnitOfWork, ticket: Ticket, names: tuple[str, ...]) -> Recipients:
    """Whom the names of a step mean now."""
    targets: dict[str, None] = {}
    missing: list[str] = []
    for name in names:
        found, reason = await _meant(services, uow, ticket, name)
        targets |= dict.fromkeys(found)
        if not found:
            missing.append(reason)
    return Recipients(tuple(targets), tuple(missing))


async def _meant(
    services: Services, uow: UnitOfWork, ticket: Ticket, name: str
) -> tuple[tuple[str, ...], str]:
    """Whom one name means, and why it may mean nobody."""
    queue, now = services.config.queue(ticket.queue), services.clock()
    match name:
        case escalation_policy.ASSIGNEE:
            return ((ticket.assignee_id,) if ticket.assignee_id else ()), "nobody has the ticket"
        case escalation_policy.EVERYONE:
            meant, reason = queue.people, f"nobody of the queue {queue.name} is named or on call"
        case escalation_policy.ROUND_ROBIN:
            next_one = await uow.turns.take(ticket.queue, queue.people, now=now)
            meant, reason = (next_one,) if next_one else (), f"the queue {queue.name} names no people"
        case escalation_policy.ON_CALL:
            meant, reason = (queue.on_call,), f"nobody is on call for {queue.name}"
        case _ if name.startswith(escalation_policy.SCHEDULE_PREFIX):
            schedule = name.removeprefix(escalation_policy.SCHEDULE_PREFIX)
            meant, reason = (schedule,), f"nobody is on call by the schedule {schedule}"
        case _:
            return (name,), ""
    people = [await who.on_call(services, uow, target, at=now) for target in meant]
    return tuple(person for found in people for person in found), reason
