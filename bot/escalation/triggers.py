"""What may call people for a ticket without anybody pressing a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desk import sla_effects

if TYPE_CHECKING:
    from bot.services import Services
    from routing.sla_clock import Clock
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def sla_warning(services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    """A clock of the ticket is nearly used up: tell its assignee in the card's thread."""
    await _tell(services, uow, ticket, clock)


async def sla_breach(services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    """A clock of the ticket is used up: tell its assignee in the card's thread."""
    await _tell(services, uow, ticket, clock)


async def _tell(services: Services, uow: UnitOfWork, ticket: Ticket, clock: Clock) -> None:
    channel = services.card_channel(ticket)
    await sla_effects.tell(uow, ticket, clock, channel=channel, now=services.clock())
