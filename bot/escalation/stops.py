"""What happens to a ticket's escalation when somebody works on the ticket: in the same transaction, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escalation import change
from routing import escalation as machine
from routing.escalation import EscalationState, Trigger

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def claimed(services: Services, uow: UnitOfWork, ticket: Ticket, *, by: str) -> None:
    """Somebody has the ticket: that ends a wait for it, and is an acknowledgement of anything else."""
    before = await uow.escalations.open_of(ticket.id)
    if before is None:
        return
    now = services.clock()
    after: Escalation | None
    if before.trigger is Trigger.UNCLAIMED:
        after = machine.ended(before, because="the ticket was claimed", by=by, now=now)
    elif before.state is EscalationState.ACKNOWLEDGED:
        after = machine.progressed(before, now=now) if before.acknowledged_by == by else None
    else:
        after = machine.acknowledged(before, by=by, now=now)
        await change.audit(services, uow, ticket, "acknowledged", actor=by, because="claimed the ticket")
    if after is not None:
        await change.apply(services, uow, before, after, ticket)


async def assigned(services: Services, uow: UnitOfWork, ticket: Ticket, *, by: str) -> None:
    """Somebody was given the ticket: that ends a wait for it. They have not said that they look at anything else."""
    before = await uow.escalations.open_of(ticket.id)
    if before is None:
        return
    if ticket.assignee_id and before.trigger is Trigger.UNCLAIMED:
        await ended(services, uow, ticket, because="the ticket was assigned", by=by)
    else:
        await progress(services, uow, ticket, by=by)


async def ended(services: Services, uow: UnitOfWork, ticket: Ticket, *, because: str, by: str) -> None:
    """The reason is gone."""
    before = await uow.escalations.open_of(ticket.id)
    if before is None:
        return
    after = machine.ended(before, because=because, by=by, now=services.clock())
    await change.audit(services, uow, ticket, "escalation_ended", actor=by, because=because)
    await change.apply(services, uow, before, after, ticket)


async def progress(services: Services, uow: UnitOfWork, ticket: Ticket, *, by: str) -> None:
    """Who has acknowledged does something about it, and is not asked for a while."""
    before = await uow.escalations.open_of(ticket.id)
    if before is None or before.acknowledged_by != by:
        return
    after = machine.progressed(before, now=services.clock())
    if after is not None:
        await change.apply(services, uow, before, after, ticket)


async def merged(
    services: Services, uow: UnitOfWork, source: Ticket, target: Ticket, *, had: Escalation | None, by: str
) -> None:
    """The ticket is part of another one now, for which its escalation goes on unless that has one or is claimed.

    `had` is the escalation that the target had before.
    """
    before = await uow.escalations.open_of(source.id)
    if before is None:
        return
    reference = services.reference(target.id)
    if had is not None:
        after = machine.ended(
            before,
            because=f"it was merged into {reference}, which is escalated itself",
            by=by,
            now=services.clock(),
        )
        await change.apply(services, uow, before, after, target)
    elif target.assignee_id:
        await claimed(services, uow, target, by=target.assignee_id)
    else:
        await change.show(services, uow, before, target)
