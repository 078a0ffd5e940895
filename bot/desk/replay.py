"""Replay: what today's rules would decide about a stored mail. It changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import NotAllowedError
from routing import engine
from routing.circumstances import Circumstances

if TYPE_CHECKING:
    from bot.services import Services
    from routing.decision import RoutingDecision


async def replay(services: Services, ticket_id: int) -> tuple[RoutingDecision, RoutingDecision]:
    """The decision that was taken then, and the one of now.

    Raises:
        NotFoundError: there is no such ticket.
    """
    async with services.storage.reading() as uow:
        ticket = await uow.tickets.get(ticket_id)
        opening = await uow.emails.get(ticket.trace_id)
    if opening.email is None or opening.decision is None:
        raise NotAllowedError("The mail of this ticket was never routed.")
    config = services.config
    # Mails of before the circumstances were kept have the tier of their ticket.
    known = opening.circumstances or Circumstances(tier=ticket.tier)
    facts = engine.RoutingFacts(email=opening.email, known=known)
    return opening.decision, engine.route(facts, config.ruleset(), config.guesser)
