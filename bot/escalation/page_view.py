"""Gathers what a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import page_card, still_on_it
from bot.desk import card_view
from bot.escalation import recipients
from storage.pages import PageRole

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def message(
    services: Services, uow: UnitOfWork, escalation: Escalation, *, role: PageRole
) -> SlackMessage:
    """The message as it stands in this transaction."""
    ticket = await uow.relations.whole(escalation.ticket_id)
    if role is PageRole.QUESTION:
        return still_on_it.build(escalation, reference=services.reference(ticket.id), subject=ticket.subject)
    return page_card.build(await _card(services, uow, escalation, ticket))


async def _card(
    services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket
) -> page_card.PageCard:
    opening = await uow.emails.get(ticket.trace_id)
    return page_card.PageCard(
        escalation=escalation,
        ticket=ticket,
        reference=services.reference(ticket.id),
        queue_name=services.config.queue(ticket.queue).name,
        excerpt=(await card_view.visible(opening.email)).visible if opening.email else "",
        trace_url=services.trace_links.url(ticket.trace_id, now=services.clock()),
        called=await _called(uow, escalation),
        responders=tuple(await uow.escalations.responders(escalation.id)),
    )


async def _called(uow: UnitOfWork, escalation: Escalation) -> tuple[str, ...]:
    """The people and user groups that steps have called so far, each once."""
    steps = await uow.escalation_steps.of(escalation.id)
    called = [name for run in steps if run.action == "notify" for name in run.called]
    people = [name for name in called if not name.startswith(recipients.CHANNEL_PREFIXES)]
    return tuple(dict.fromkeys(people))
