"""Whom a step calls, when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    queue = services.config.queue(ticket.queue)
    match name:
        case escalation_policy.ASSIGNEE:
            return ((ticket.assignee_id,) if ticket.assignee_id else ()), "nobody has the ticket"
        case escalation_policy.ON_CALL:
            return (queue.on_call,), f"nobody is on call for {queue.name}"
        case escalation_policy.EVERYONE:
            return queue.people, f"the queue {queue.name} names no people"
        case escalation_policy.ROUND_ROBIN:
            person = await uow.turns.take(ticket.queue, queue.people, now=services.clock())
            return ((person,) if person else ()), f"the queue {queue.name} names no people"
    return (name,), f"nobody is {name}"
