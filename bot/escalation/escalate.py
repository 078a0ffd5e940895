"""Escalate: an agent calls for help, by the button or by `/support escalate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import merge
from bot.errors import NotAllowedError
from bot.escalation import start
from routing.escalation import Trigger
from routing.ticket import TicketState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.decision import Priority


async def escalate(
    services: Services, ticket_id: int, *, reason: str, urgency: Priority, agent_id: str
) -> None:
    """Begin the policy of the ticket's queue.

    Raises:
        NotAllowedError: the ticket is resolved, or part of another one.
    """
    async with services.storage.unit_of_work() as uow:
        ticket = await uow.tickets.get(ticket_id)
        merge.refuse_part(services, ticket)
        if ticket.state is TicketState.RESOLVED:
            raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
        await start.start(
            services,
            uow,
            ticket,
            trigger=Trigger.PRESSED,
            reason=reason,
            urgency=urgency,
            started_by=agent_id,
        )
        await effects.update_card(uow, await uow.tickets.get(ticket_id), now=services.clock())
        await uow.commit()
