"""Hand over and Add responder: somebody whom a person chooses is paged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import text
from bot.escalation import change, entries, refusals
from routing import escalation as machine

if TYPE_CHECKING:
    from blocks.person_modal import Choice
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def hand_over(services: Services, choice: Choice, *, agent_id: str) -> None:
    """Ask somebody else to take it: unless they acknowledge, the policy begins again.

    Raises:
        NotAllowedError: it is over.
    """
    async with services.storage.unit_of_work() as uow:
        before, ticket = await change.hold(uow, choice.ref.escalation_id)
        refusals.if_over(before)
        after = machine.handed_over(before, now=services.clock())
        await _ask(services, uow, after, ticket, choice.person, agent_id, is_in_charge=True)
        await change.tell_pagers(services, uow, after, ticket, by=agent_id)
        await change.apply(services, uow, before, after, ticket)
        await uow.commit()


async def add(services: Services, choice: Choice, *, agent_id: str) -> None:
    """Ask somebody to join; whoever has it keeps it.

    Raises:
        NotAllowedError: it is over.
    """
    async with services.storage.unit_of_work() as uow:
        escalation, ticket = await change.hold(uow, choice.ref.escalation_id)
        refusals.if_over(escalation)
        await _ask(services, uow, escalation, ticket, choice.person, agent_id, is_in_charge=False)
        await change.show(services, uow, escalation, ticket)
        await uow.commit()


async def _ask(
    services: Services,
    uow: UnitOfWork,
    escalation: Escalation,
    ticket: Ticket,
    person: str,
    agent_id: str,
    *,
    is_in_charge: bool,
) -> None:
    now = services.clock()
    await uow.escalations.ask(
        escalation.id, person=person, asked_by=agent_id, is_in_charge=is_in_charge, now=now
    )
    await change.audit(
        services,
        uow,
        ticket,
        "handed_over" if is_in_charge else "responder_added",
        actor=agent_id,
        to=person,
    )
    deed = "hands this over to you" if is_in_charge else "asks you to join"
    await change.tell(
        services, uow, escalation, ticket, f"🔔 {text.user(person)}, {text.user(agent_id)} {deed}."
    )
    await entries.page_by_hand(uow, escalation, person=person, trace_id=ticket.trace_id, now=now)
