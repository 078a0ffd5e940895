"""Gathers what the card of an incident shows."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from blocks.incident_card import IncidentCard, Progress
from bot.incidents import naming
from routing import incidents, visible_text

if TYPE_CHECKING:
    from bot.services import Services
    from routing.incidents import Incident
    from storage.unit_of_work import UnitOfWork


async def load(services: Services, uow: UnitOfWork, incident: Incident, *, note: str = "") -> IncidentCard:
    """The card of an incident as it stands in this transaction."""
    now = services.clock()
    counts = await uow.incident_tickets.counts(incident.id, now=now)
    queues: Counter[str] = Counter()
    for queue, count in counts.queues.items():
        queues[services.config.queue(queue).name] += count
    return IncidentCard(
        incident=incident,
        reference=naming.reference(incident.id),
        counts=counts,
        queues=queues,
        rate=incidents.rate_per_minute(counts, now=now),
        first_words=await _words(uow, incident.first_ticket_id),
        last_words=await _words(uow, counts.newest_ticket_id) if counts.tickets > 1 else "",
        progress=await _progress(uow, incident),
        note=note,
    )


async def _words(uow: UnitOfWork, ticket_id: int) -> str:
    """The subject and the customer's own words."""
    ticket = await uow.tickets.get(ticket_id)
    opening = await uow.emails.get(ticket.trace_id)
    if opening.email is None:
        return ticket.subject
    words = await asyncio.to_thread(visible_text.of, opening.email.text, subject=ticket.subject)
    lines = (line for line in (ticket.subject, *words.visible.splitlines()) if line.strip())
    return "\n".join(lines)


async def _progress(uow: UnitOfWork, incident: Incident) -> Progress | None:
    update = await uow.incident_mails.newest(incident.id)
    if update is None or update.sent_at is None:
        return None
    mails = await uow.incident_mails.progress(update.id)
    return Progress(
        author=update.author,
        at=update.sent_at,
        body=update.body,
        by_state={state: sum(n for (s, _), n in mails.items() if s == state) for state, _ in mails},
        refusals={reason: n for (_, reason), n in mails.items() if reason},
    )
