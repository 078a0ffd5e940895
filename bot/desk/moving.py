"""Moves a ticket to another queue, to a person, or both, and learns from it: the card goes along."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot import effects
from bot.desk import clocks, merge
from bot.errors import NotAllowedError
from bot.escalation import stops, triggers
from routing.labels import LabelKind, RoutingLabel

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """Where a ticket goes, and why."""

    kind: LabelKind
    queue: str
    assignee_id: str | None = None
    """Slack user id; None leaves the ticket to whoever claims it."""
    note: str | None = None
    is_known: bool = True
    """Whether somebody says that it belongs there; the triage queue also takes what nobody knows a place for."""


BY_STEP = "moved_by_step"
"""Audited move by a step of an escalation, which says nothing of right and wrong either."""


class ReplayStep(StrEnum):
    """Audited moves that say nothing of right and wrong: nobody has looked at the ticket."""

    APPLIED = "replay_applied"
    UNDONE = "replay_undone"


async def move(services: Services, ticket_id: int, wish: Move, *, agent_id: str) -> None:
    """Move the ticket.

    Raises:
        NotAllowedError: it is resolved, or nothing would change.
    """
    config = services.config  # once: a reload must not take the queue away between two looks
    if wish.queue not in config.queues:
        raise NotAllowedError("This queue is no longer configured: choose another one.")
    async with services.storage.unit_of_work() as uow:
        before = await uow.tickets.get(ticket_id)
        await _change(services, uow, before, wish)
        await _audit(services, uow, before, wish, agent_id)
        if before.queue != wish.queue:
            await _label(services, uow, before, wish, agent_id)
            await clocks.moved(services, uow, ticket_id)
        await _heed(services, uow, await uow.tickets.get(ticket_id), agent_id)
        note = f"Note of the move: {wish.note}" if wish.note else ""
        await show(services, uow, before, wish.queue, moved_by=agent_id, note=note)
        await uow.commit()
    if _is_misrouting(config, before, wish):
        services.metrics.misrouted.labels(before.queue).inc()


async def _heed(services: Services, uow: UnitOfWork, ticket: Ticket, agent_id: str) -> None:
    """Whoever is called about it, or will be if nobody claims it where it is now."""
    await stops.assigned(services, uow, ticket, by=agent_id)
    if ticket.assignee_id is None:
        await triggers.waits(services, uow, ticket)


async def move_unclaimed(
    services: Services,
    uow: UnitOfWork,
    ticket_id: int,
    *,
    from_queue: str,
    queue: str,
    step: ReplayStep,
    replay_id: int,
    actor: str,
) -> bool:
    """Move an open ticket that nobody has claimed; False when it is not that, or not in `from_queue`.

    It is no routing label, and no misrouting.
    """
    before = await uow.tickets.get(ticket_id)
    moves_card = before.card_ts is not None
    if not await uow.tickets.move_unclaimed(
        ticket_id, from_queue=from_queue, to_queue=queue, moves_card=moves_card
    ):
        return False
    await uow.audit.add(
        step,
        trace_id=before.trace_id,
        ticket_id=ticket_id,
        actor=actor,
        now=services.clock(),
        replay=str(replay_id),
        **{"from": from_queue, "to": queue},
    )
    await clocks.moved(services, uow, ticket_id)
    await show(services, uow, before, queue, moved_by=actor)
    return True


async def move_by_step(
    services: Services, uow: UnitOfWork, before: Ticket, queue: str, *, actor: str
) -> None:
    """Move an open ticket to whoever claims it in another queue, because an escalation goes on there."""
    await uow.tickets.reassign(
        before.id,
        queue=queue,
        assignee_id=None,
        now=services.clock(),
        moves_card=before.card_ts is not None,
    )
    await uow.audit.add(
        BY_STEP,
        trace_id=before.trace_id,
        ticket_id=before.id,
        actor=actor,
        now=services.clock(),
        **{"from": before.queue, "to": queue},
    )
    await clocks.moved(services, uow, before.id)
    await show(services, uow, before, queue, moved_by=actor)


async def _change(services: Services, uow: UnitOfWork, before: Ticket, wish: Move) -> None:
    merge.refuse_part(services, before)
    if (before.queue, before.assignee_id) == (wish.queue, wish.assignee_id):
        raise NotAllowedError("This is where the ticket is already: choose another queue or person.")
    moves_card = before.queue != wish.queue and before.card_ts is not None
    if not await uow.tickets.reassign(
        before.id,
        queue=wish.queue,
        assignee_id=wish.assignee_id,
        now=services.clock(),
        moves_card=moves_card,
    ):
        raise NotAllowedError(f"{services.reference(before.id)} is resolved. Press Reopen first.")


async def _audit(services: Services, uow: UnitOfWork, before: Ticket, wish: Move, agent_id: str) -> None:
    detail = {"from": before.queue, "to": wish.queue, "assignee": wish.assignee_id or "nobody"}
    if not wish.is_known:
        detail["belongs"] = "nobody knows yet"
    if wish.note:
        detail["note"] = wish.note
    await uow.audit.add(
        wish.kind,
        trace_id=before.trace_id,
        ticket_id=before.id,
        actor=agent_id,
        now=services.clock(),
        **detail,
    )


async def _label(services: Services, uow: UnitOfWork, before: Ticket, wish: Move, agent_id: str) -> None:
    decision = (await uow.emails.get(before.trace_id)).decision
    if decision is None:
        return
    await uow.routing_labels.add(
        RoutingLabel(
            trace_id=before.trace_id,
            ticket_id=before.id,
            at=services.clock(),
            actor=agent_id,
            kind=wish.kind,
            from_queue=before.queue,
            to_queue=wish.queue if wish.is_known else None,
            rule=decision.rule,
            ruleset=decision.ruleset,
        )
    )


def _is_misrouting(config: SupportConfig, before: Ticket, wish: Move) -> bool:
    """What leaves the triage queue was never routed: there a person was asked where it belongs."""
    return before.queue not in {wish.queue, config.desk.triage_queue}


async def show(
    services: Services, uow: UnitOfWork, before: Ticket, queue: str, *, moved_by: str, note: str = ""
) -> None:
    """Show a ticket where it is now; in another queue its card is posted anew."""
    now = services.clock()
    if before.queue == queue or before.card_channel is None or before.card_ts is None:
        await effects.update_card(uow, before, now=now)
        return
    await effects.post_card(
        uow,
        await uow.tickets.get(before.id),
        channel=services.config.queue(queue).channel,
        now=now,
        note=note,
        moved_from=(before.card_channel, before.card_ts),
        moved_by=moved_by,
    )
