"""What happens when a policy has no step left and nobody has acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escalation import change, pagers
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def tell(services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket) -> None:
    """Tell the operators' channel, and by mail the last resort; once each time that the policy has run through."""
    await change.audit(
        services, uow, ticket, "escalation_exhausted", actor=DESKBELL, escalation=str(escalation.id)
    )
    await change.warn(
        services,
        uow,
        ticket,
        "nobody has acknowledged the escalation, and its policy has no step left. "
        "Somebody must look at it: the button Acknowledge still works.",
        dedup_key=f"exhausted:{escalation.id}:{escalation.lap}",
    )
    for address in services.config.desk.last_resort:
        await pagers.by_mail(
            uow,
            escalation,
            to=address,
            number=escalation.lap,
            trace_id=ticket.trace_id,
            now=services.clock(),
        )
