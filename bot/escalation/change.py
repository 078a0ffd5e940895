"""How an escalation is changed: read while nobody else can change it, written once, shown everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.errors import NotAllowedError
from bot.escalation import entries, pagers
from routing.escalation import EscalationState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


async def hold(uow: UnitOfWork, escalation_id: int) -> tuple[Escalation, Ticket]:
    """The escalation and the ticket that it is about, or has become part of.

    Both stay as they are until the transaction ends. The ticket is locked before the escalation is read, as in all
    that works on tickets: so none waits for another that waits for it.
    """
    ticket_id = (await uow.escalations.get(escalation_id)).ticket_id
    await uow.relations.lock(ticket_id, (await uow.relations.whole(ticket_id)).id)
    return await uow.escalations.get(escalation_id), await uow.relations.whole(ticket_id)


async def apply(
    services: Services, uow: UnitOfWork, before: Escalation, after: Escalation, ticket: Ticket
) -> None:
    """Write the change with the timer of what is next, and show it in every copy and on the ticket's card.

    Raises:
        NotAllowedError: somebody else has changed it since `before` was read.
    """
    if not await uow.escalations.change(before, after):
        raise NotAllowedError("Somebody has changed this at the same moment. Look again, please.")
    await entries.timer(uow, after, trace_id=ticket.trace_id, now=services.clock())
    if after.state is not before.state:
        by = after.acknowledged_by or after.snoozed_by
        await tell_pagers(services, uow, after, ticket, by=by)
    await show(services, uow, after, ticket)


async def tell_pagers(
    services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket, *, by: str | None
) -> None:
    """Services that have called people need not go on; those that have not are told nothing.

    `by` is who has taken it, or put it off; None where nobody has.
    """
    steps = await uow.escalation_steps.of(escalation.id)
    called = dict.fromkeys(name for run in steps if run.action == "page" for name in run.called)
    now, trace_id = services.clock(), ticket.trace_id
    for pager in called:
        if escalation.state is EscalationState.ENDED:
            await pagers.resolve(uow, escalation, pager=pager, trace_id=trace_id, now=now)
        elif by is not None:
            await pagers.acknowledge(
                uow,
                escalation,
                pager=pager,
                by=by,
                number=escalation.generation,
                trace_id=trace_id,
                now=now,
            )


async def show(services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket) -> None:
    """Bring every copy and the ticket's card to the state of now."""
    now = services.clock()
    await entries.update_pages(uow, escalation, trace_id=ticket.trace_id, now=now)
    await uow.tickets.touch(ticket.id)
    await effects.update_card(uow, await uow.tickets.get(ticket.id), now=now)


async def tell(
    services: Services,
    uow: UnitOfWork,
    escalation: Escalation,
    ticket: Ticket,
    text: str,
    *,
    calls: bool = False,
) -> None:
    """Say something in the thread of the incident channel's message; where there is none yet, that comes instead."""
    if not await has_main(services, uow, escalation, ticket):
        return
    await entries.note(
        uow,
        escalation,
        text,
        channel=services.config.desk.incident_channel,
        calls=calls,
        trace_id=ticket.trace_id,
        now=services.clock(),
    )


async def has_main(services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket) -> bool:
    """Whether the incident channel has its message; if not, it gets one."""
    if await uow.pages.main(escalation.id) is not None:
        return True
    channel = services.config.desk.incident_channel
    await entries.main_page(uow, escalation, channel=channel, trace_id=ticket.trace_id, now=services.clock())
    return False


async def audit(
    services: Services, uow: UnitOfWork, ticket: Ticket, action: str, *, actor: str, **detail: str
) -> None:
    """Write an entry of the ticket's trail."""
    await uow.audit.add(
        action,
        trace_id=ticket.trace_id,
        ticket_id=ticket.id,
        actor=actor,
        now=services.clock(),
        **detail,
    )


async def warn(services: Services, uow: UnitOfWork, ticket: Ticket, text: str, *, dedup_key: str) -> None:
    """Tell the operators' channel, with the ticket's number."""
    await effects.notify_operators(
        uow,
        f"{services.reference(ticket.id)}: {text}",
        channel=services.config.desk.operators_channel,
        trace_id=ticket.trace_id,
        now=services.clock(),
        dedup_key=dedup_key,
    )
