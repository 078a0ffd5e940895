"""What people do with single tickets of an incident: open one with it, take it out, give it a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.desk import merge
from bot.errors import NotAllowedError
from bot.incidents import naming, outgoing, starting
from routing import incidents
from routing.engine import UNKNOWN_INTENT
from routing.incidents import Gathers, Opening
from routing.ticket import TicketState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def first_of(services: Services, ticket_id: int) -> tuple[Ticket, str]:
    """The ticket that a person wants to open an incident with, and its intent; empty where nobody knows it.

    Raises:
        NotAllowedError: it belongs to one, it is resolved, or one gathers the tickets of its intent.
    """
    async with services.storage.reading() as uow:
        return await _first_of(services, uow, ticket_id)


async def open_with(services: Services, ticket_id: int, *, title: str, agent_id: str) -> None:
    """Open an incident with a ticket, which keeps its card.

    Raises:
        NotAllowedError: as `first_of`.
    """
    async with services.storage.unit_of_work() as uow:
        ticket, intent = await _first_of(services, uow, ticket_id)
        opened = await starting.start(
            services,
            uow,
            [ticket],
            intent=intent or UNKNOWN_INTENT,
            opening=Opening.PRESSED,
            gathers=Gathers.ALL if intent else None,
            title=title,
            opened_by=agent_id,
        )
        if opened is None:
            raise NotAllowedError("Somebody has just opened an incident about this.")
        await uow.commit()


async def _first_of(services: Services, uow: UnitOfWork, ticket_id: int) -> tuple[Ticket, str]:
    ticket = await uow.tickets.get(ticket_id)
    merge.refuse_part(services, ticket)
    if ticket.state is TicketState.RESOLVED:
        raise NotAllowedError(f"{services.reference(ticket_id)} is resolved. Press Reopen first.")
    decision = (await uow.emails.get(ticket.trace_id)).decision
    intent = decision.intent if decision and incidents.can_be_storm(decision.intent) else ""
    known = await uow.incidents.of_ticket(ticket_id)
    if known:
        raise NotAllowedError(f"It belongs to {naming.reference(known.id)} already.")
    gathering = await uow.incidents.gathering(tenant=ticket.tenant, intent=intent) if intent else None
    if gathering:
        raise NotAllowedError(
            f"{naming.reference(gathering.id)} gathers the tickets about {intent.replace('_', ' ')} already."
        )
    return ticket, intent


async def give_card(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Post the card of a ticket whose incident stands for it.

    Raises:
        NotAllowedError: it has a card.
    """
    async with services.storage.unit_of_work() as uow:
        if not await uow.incident_tickets.give_card(ticket_id):
            raise NotAllowedError(f"{services.reference(ticket_id)} has a card.")
        await _post(services, uow, ticket_id, action="card_wanted", agent_id=agent_id)
        await uow.commit()


async def leave(services: Services, ticket_id: int, *, agent_id: str) -> None:
    """Take a ticket out of its incident; from then on its card stands for it.

    Raises:
        NotAllowedError: it belongs to none.
    """
    async with services.storage.unit_of_work() as uow:
        incident = await uow.incidents.of_ticket(ticket_id)
        if incident is None:
            raise NotAllowedError(f"{services.reference(ticket_id)} belongs to no incident.")
        needs_card = await uow.incident_tickets.has_no_card(ticket_id)
        await uow.incident_tickets.leave(ticket_id)
        if needs_card:
            await _post(services, uow, ticket_id, action="left_incident", agent_id=agent_id)
        else:
            await _audit(services, uow, ticket_id, action="left_incident", agent_id=agent_id)
            await effects.update_card(uow, await uow.tickets.get(ticket_id), now=services.clock())
        await outgoing.digest(services, uow, incident)
        await uow.commit()


async def _post(services: Services, uow: UnitOfWork, ticket_id: int, *, action: str, agent_id: str) -> None:
    await _audit(services, uow, ticket_id, action=action, agent_id=agent_id)
    ticket = await uow.tickets.get(ticket_id)
    if ticket.card_ts is None:
        channel = services.config.queue(ticket.queue).channel
        await effects.post_card(uow, ticket, channel=channel, now=services.clock())


async def _audit(services: Services, uow: UnitOfWork, ticket_id: int, *, action: str, agent_id: str) -> None:
    ticket = await uow.tickets.get(ticket_id)
    await uow.audit.add(
        action, trace_id=ticket.trace_id, ticket_id=ticket_id, actor=agent_id, now=services.clock()
    )
