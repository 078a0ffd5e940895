"""Resolve an incident with all its open tickets, and perhaps a last word to their requesters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import resolve as desk_resolve
from bot.incidents import commander, outgoing, update

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

BATCH = 50


async def resolve(
    services: Services, incident_id: int, *, agent_id: str, update_id: int | None = None
) -> None:
    """Close it, and begin to close its tickets; `update_id` is the last word to its requesters.

    Raises:
        NotAllowedError: it is resolved, or this person may not.
    """
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        incident = await uow.incidents.get(incident_id)
        commander.refuse_resolved(incident)
        commander.refuse_others(services, incident, agent_id)
        if update_id is not None:
            await update.send_in(services, uow, incident, update_id, agent_id=agent_id)
        await uow.incidents.resolve(incident_id, agent_id=agent_id, now=now)
        counts = await uow.incident_tickets.counts(incident_id, now=now)
        await uow.audit.add(
            "incident_resolved",
            trace_id=incident.trace_id,
            ticket_id=None,
            actor=agent_id,
            now=now,
            tickets=str(counts.tickets),
            open_tickets=str(counts.open),
        )
        await outgoing.resolve_batch(uow, incident, agent_id=agent_id, now=now)
        await outgoing.update_card(uow, incident, now=now)
        await uow.commit()


class ResolveIncident:
    """`incident.resolve_tickets`: closes the next open tickets, then goes on behind them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._close(uow, entry)

    async def _close(self, uow: UnitOfWork, entry: OutboxEntry) -> None:
        incident = await uow.incidents.get(entry.payload["incident_id"])
        agent_id: str = entry.payload["agent_id"]
        tickets = await uow.incident_tickets.open_tickets(incident.id, after=0, limit=BATCH)
        for ticket in tickets:
            await desk_resolve.close(self._services, uow, ticket.id, agent_id=agent_id)
        if len(tickets) == BATCH:
            await outgoing.resolve_batch(uow, incident, agent_id=agent_id, now=self._services.clock())
        await outgoing.digest(self._services, uow, incident)
