"""The open incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import incident_list
from blocks.incident_list import Listed
from bot.incidents import naming

if TYPE_CHECKING:
    from bot.services import Services


async def open_ones(services: Services) -> list[Listed]:
    """The newest first."""
    now = services.clock()
    async with services.storage.reading() as uow:
        found = await uow.incidents.newest_open(limit=incident_list.SHOWN)
        counts = [await uow.incident_tickets.counts(incident.id, now=now) for incident in found]
    return [
        Listed(
            incident=incident,
            reference=naming.reference(incident.id),
            tickets=count.tickets,
            open=count.open,
        )
        for incident, count in zip(found, counts, strict=True)
    ]
