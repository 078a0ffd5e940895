"""Which mail opens no ticket until a person lets it in: loops, spam, and floods of one sender."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import effects
from routing import spam
from routing.robots import AutomaticKind
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.desk.arrival import Arrival
    from bot.services import Services
    from routing.email import Address
    from storage.unit_of_work import UnitOfWork

_WINDOW = timedelta(hours=1)


def loop(arrival: Arrival) -> str | None:
    """Why the mail is one of our own that came back, or None."""
    if arrival.automatic.kind is not AutomaticKind.LOOP:
        return None
    return f"loop: {arrival.automatic.reasons[0]}"


async def unwanted(services: Services, uow: UnitOfWork, arrival: Arrival) -> str | None:
    """Why the mail may open no ticket by itself, or None. What answers in a ticket is never asked."""
    if verdict := spam.verdict(arrival.email):
        return f"spam: {verdict}"
    sender = arrival.email.answer_to
    if sender is None:
        return None
    since = services.clock() - _WINDOW
    opened = await uow.tickets.count_of(sender.email, tenant=arrival.stored.tenant, since=since)
    most = services.config.desk.tickets_per_sender
    if opened < most:
        return None
    await _tell(services, uow, f"{sender} has opened {most} tickets within an hour.", arrival, sender)
    return f"over the limit: {most} tickets of this sender within an hour"


async def park(services: Services, uow: UnitOfWork, trace_id: str, reason: str) -> None:
    """Set the mail aside, where `/support parked` lists it."""
    await uow.emails.park(trace_id, reason)
    await uow.audit.add(
        "parked", trace_id=trace_id, ticket_id=None, actor=DESKBELL, now=services.clock(), reason=reason
    )


async def _tell(services: Services, uow: UnitOfWork, what: str, arrival: Arrival, sender: Address) -> None:
    """The operators hear of it once an hour and sender."""
    now = services.clock()
    await effects.notify_operators(
        uow,
        f"{what} Further mail is parked: see /support parked.",
        channel=services.config.desk.operators_channel,
        trace_id=arrival.trace_id,
        now=now,
        dedup_key=f"flood:{sender.email}:{now:%Y-%m-%dT%H}",
    )
