"""What each kind of step does. Whatever goes out is a row of the outbox; nothing here waits for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blocks import text
from bot.desk import moving
from bot.escalation import change, entries, pagers, recipients
from routing import sla
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.escalation_policy import Step
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """What came of a step."""

    outcome: str
    reached: bool = True
    """False for a call that finds nobody."""
    called: tuple[str, ...] = ()
    calls: int = 0
    target: str | None = None
    """Who is on call from now on, where that has changed."""


async def do(services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket, step: Step) -> Deed:
    """Run one step whose condition holds."""
    if step.notify:
        return await _notify(services, uow, escalation, ticket, step.notify)
    if step.page:
        return await _page(services, uow, escalation, ticket, step.page)
    if step.raise_priority:
        is_raised = await uow.tickets.raise_priority(ticket.id, step.raise_priority)
        return Deed(
            outcome=f"the priority is {step.raise_priority}" if is_raised else "it is that urgent already"
        )
    if step.reassign:
        return await _reassign(services, uow, ticket, step.reassign)
    if step.wait:
        return Deed(outcome=f"waits {sla.phrase(step.wait)}")
    return Deed(outcome="its condition holds" if step.action == "only_if" else step.action)


async def _notify(
    services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket, names: tuple[str, ...]
) -> Deed:
    found = await recipients.find(services, uow, ticket, names)
    await _call(services, uow, escalation, ticket, found.targets)
    words = [f"calls {', '.join(found.targets)}"] if found.targets else []
    return Deed(
        outcome="; ".join([*words, *found.missing]),
        reached=bool(found.targets),
        called=found.targets,
        calls=len(found.targets),
    )


async def _call(
    services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket, targets: tuple[str, ...]
) -> None:
    """A message of their own for each, and one in the incident channel that mentions all of them."""
    people = [target for target in targets if not target.startswith(recipients.CHANNEL_PREFIXES)]
    if people:
        mentions = " ".join(map(text.user, people))
        await change.tell(
            services, uow, escalation, ticket, f"🔔 {mentions}, you are needed here.", calls=True
        )
    else:
        await change.has_main(services, uow, escalation, ticket)
    place = {"lap": escalation.lap, "position": escalation.position}
    for target in targets:
        if target.startswith(recipients.GROUP_PREFIX):
            await entries.page_group(
                uow, escalation, group=target, trace_id=ticket.trace_id, now=services.clock(), **place
            )
        elif target != services.config.desk.incident_channel:
            await entries.page(
                uow, escalation, recipient=target, trace_id=ticket.trace_id, now=services.clock(), **place
            )


async def _page(
    services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket, names: tuple[str, ...]
) -> Deed:
    """By services outside; a pager that the configuration has lost since is nobody."""
    await change.has_main(services, uow, escalation, ticket)
    known = [name for name in names if name in services.pagers]
    number = await uow.escalation_steps.count(escalation.id, action="page") + 1
    for name in known:
        await pagers.trigger(
            uow,
            escalation,
            pager=name,
            number=number,
            place=(escalation.lap, escalation.position),
            trace_id=ticket.trace_id,
            now=services.clock(),
        )
    words = [f"pages by {', '.join(known)}"] if known else []
    missing = [f"no pager is called {name} any more" for name in names if name not in known]
    return Deed(
        outcome="; ".join([*words, *missing]),
        reached=bool(known),
        called=tuple(known),
        calls=len(known),
    )


async def _reassign(services: Services, uow: UnitOfWork, ticket: Ticket, queue_id: str) -> Deed:
    """The queue's on-call is meant from then on."""
    config = services.config
    if queue_id not in config.queues:
        return Deed(outcome=f"no queue is called {queue_id} any more")
    if ticket.queue == queue_id:
        return Deed(outcome=f"it is in {config.queues[queue_id].name} already")
    await moving.move_by_step(services, uow, ticket, queue_id, actor=DESKBELL)
    return Deed(outcome=f"moves it to {config.queues[queue_id].name}", target=config.queues[queue_id].on_call)
