"""The open escalations, for `/support escalations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.open_escalations import LIMIT, OpenEscalation

if TYPE_CHECKING:
    from bot.services import Services


async def look(services: Services) -> tuple[list[OpenEscalation], bool]:
    """Those that may still want somebody, and whether there are more than fit."""
    async with services.storage.reading() as uow:
        found = await uow.escalations.all_open(limit=LIMIT + 1)
        tickets = [await uow.relations.whole(escalation.ticket_id) for escalation in found[:LIMIT]]
    rows = [
        OpenEscalation(escalation=escalation, reference=services.reference(ticket.id), subject=ticket.subject)
        for escalation, ticket in zip(found, tickets, strict=False)
    ]
    return rows, len(found) > LIMIT
