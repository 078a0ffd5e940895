"""Replay: what today's rules would decide about a stored mail. It changes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.desk import references
from bot.errors import NotAllowedError
from bot.replaying import decider
from routing import engine
from routing.circumstances import STANDARD_TIER, Circumstances
from storage.errors import NotFoundError

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from bot.services import Services
    from routing.decision import RoutingDecision
    from routing.email import InboundEmail
    from storage.emails import StoredEmail
    from storage.unit_of_work import UnitOfWork


async def replay(services: Services, written: str) -> tuple[str, RoutingDecision, RoutingDecision]:
    """What a ticket number or a trace id names, the decision that was taken then, and the one of now.

    Raises:
        NotAllowedError: it names nothing, or a mail that was never routed.
        NotFoundError: there is no such ticket.
    """
    async with services.storage.reading() as uow:
        mail = await _of_trace(uow, written)
        name = f"trace {written}"
        if mail is None:
            ticket = await uow.tickets.get(references.read(services, written))
            mail, name = await uow.emails.get(ticket.trace_id), services.reference(ticket.id)
        tier = await _tier(uow, mail)
    if mail.email is None or mail.decision is None:
        raise NotAllowedError("This mail was never routed.")
    known = mail.circumstances or Circumstances(tier=tier)
    # A long mail takes its time: not on the event loop.
    now = await asyncio.to_thread(_decide, services.config, mail.email, known)
    return name, mail.decision, now


def _decide(config: SupportConfig, email: InboundEmail, known: Circumstances) -> RoutingDecision:
    ruleset = config.ruleset()
    return engine.route(decider.facts(email, known, ruleset), ruleset, config.guesser)


async def _of_trace(uow: UnitOfWork, written: str) -> StoredEmail | None:
    try:
        return await uow.emails.get(written)
    except NotFoundError:
        return None


async def _tier(uow: UnitOfWork, mail: StoredEmail) -> str:
    return STANDARD_TIER if mail.ticket_id is None else (await uow.tickets.get(mail.ticket_id)).tier
