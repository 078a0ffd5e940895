"""Starts an escalation, whoever asks for it: an agent who presses, a customer who marks a mail as urgent, a trigger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blocks import text
from bot.escalation import change, entries
from bot.on_call import who
from routing import escalation as machine
from routing.escalation import EscalationState, Trigger

if TYPE_CHECKING:
    from bot.services import Services
    from routing.decision import Priority
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

_BY_PEOPLE = frozenset({Trigger.PRESSED, Trigger.URGENT_WORD})


async def start(
    services: Services,
    uow: UnitOfWork,
    ticket: Ticket,
    *,
    trigger: Trigger,
    reason: str,
    urgency: Priority,
    started_by: str,
) -> None:
    """Begin the policy of the ticket's queue and priority, as it is now.

    A ticket has one open escalation at most. Another cause only raises its urgency while it runs; where nobody is
    called any more, a person's call or a higher urgency begins its policy again.
    """
    await uow.relations.lock(ticket.id)
    await uow.tickets.raise_priority(ticket.id, urgency)
    running = await uow.escalations.open_of(ticket.id)
    if running is None:
        await _begin(services, uow, ticket, trigger, reason, urgency, started_by)
    else:
        await _join(services, uow, ticket, running, trigger, reason, urgency, started_by)


async def _begin(
    services: Services,
    uow: UnitOfWork,
    ticket: Ticket,
    trigger: Trigger,
    reason: str,
    urgency: Priority,
    started_by: str,
) -> None:
    now, config = services.clock(), services.config
    priority = (await uow.tickets.get(ticket.id)).priority
    on_call = config.queue(ticket.queue).on_call
    people = await who.on_call(services, uow, on_call, at=now)
    escalation = await uow.escalations.start(
        ticket_id=ticket.id,
        trigger=trigger,
        reason=reason,
        urgency=urgency,
        target=people[0] if len(people) == 1 else on_call,
        started_by=started_by,
        policy=config.policy(ticket.queue, priority),
        now=now,
    )
    await change.audit(
        services,
        uow,
        ticket,
        "escalated",
        actor=started_by,
        target=escalation.target,
        urgency=urgency,
        reason=reason,
        trigger=trigger,
        escalation=str(escalation.id),
    )
    await entries.timer(uow, escalation, trace_id=ticket.trace_id, now=now)


async def _join(
    services: Services,
    uow: UnitOfWork,
    ticket: Ticket,
    before: Escalation,
    trigger: Trigger,
    reason: str,
    urgency: Priority,
    started_by: str,
) -> None:
    is_worse = urgency.rank > before.urgency.rank
    after = replace(before, urgency=urgency) if is_worse else before
    if before.state is not EscalationState.RUNNING and (trigger in _BY_PEOPLE or is_worse):
        after = machine.begun_again(after, now=services.clock())
    elif is_worse:
        after = replace(after, generation=before.generation + 1)
    await change.audit(
        services,
        uow,
        ticket,
        "escalated_again",
        actor=started_by,
        urgency=urgency,
        reason=reason,
        trigger=trigger,
        escalation=str(before.id),
    )
    words = text.inline(reason, limit=300)
    await change.tell(services, uow, after, ticket, f"🚨 Escalated again by {text.user(started_by)}: {words}")
    if after is not before:
        await change.apply(services, uow, before, after, ticket)
