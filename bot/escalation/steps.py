"""Runs the steps of an escalation that are due, up to the next wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.escalation import change, deeds, situation
from routing import escalation as machine
from routing import escalation_policy
from routing.escalation import Due, StepRun
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from datetime import datetime

    from bot.escalation.deeds import Deed
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.escalation_policy import Step
    from routing.ticket import Ticket
    from storage.unit_of_work import UnitOfWork

LATE_AFTER = timedelta(minutes=1)
"""A step that runs more than this behind its time, as after a downtime, is marked as late."""


async def run(services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket) -> Escalation:
    """What has become of it; each step is written down with what came of it."""
    now = services.clock()
    due_at = escalation.next_at or now
    while escalation.due is Due.STEP and escalation.next_at and escalation.next_at <= now:
        step = escalation.step
        if step is None:  # those whom the last one called have not answered
            return machine.stepped(escalation, held=True, now=now)
        held, deed = await _do(services, uow, escalation, ticket, step)
        await _record(services, uow, escalation, ticket, step, deed, due_at=due_at)
        escalation = machine.stepped(
            replace(escalation, target=deed.target or escalation.target),
            held=held,
            reached=deed.reached,
            now=now,
        )
        ticket = await uow.tickets.get(ticket.id)
    return escalation


async def _do(
    services: Services, uow: UnitOfWork, escalation: Escalation, ticket: Ticket, step: Step
) -> tuple[bool, Deed]:
    if step.only_if is not None:
        now = await situation.of(services, uow, ticket, step.only_if)
        if not escalation_policy.holds(step.only_if, now):
            return False, deeds.Deed(outcome="its condition does not hold")
    return True, await deeds.do(services, uow, escalation, ticket, step)


async def _record(
    services: Services,
    uow: UnitOfWork,
    escalation: Escalation,
    ticket: Ticket,
    step: Step,
    deed: Deed,
    *,
    due_at: datetime,
) -> None:
    now = services.clock()
    is_late = now - due_at > LATE_AFTER
    step_run = StepRun(
        lap=escalation.lap,
        position=escalation.position,
        action=step.action,
        due_at=due_at,
        ran_at=now,
        is_late=is_late,
        outcome=deed.outcome,
        called=deed.called,
        calls=deed.calls,
    )
    await uow.escalation_steps.add(escalation.id, step_run)
    detail = {"late": f"due {due_at:%Y-%m-%d %H:%M} UTC"} if is_late else {}
    await change.audit(
        services,
        uow,
        ticket,
        "escalation_step",
        actor=DESKBELL,
        escalation=str(escalation.id),
        step=f"{escalation.position + 1}: {step.action}",
        outcome=deed.outcome,
        **detail,
    )
    if not deed.reached:
        await change.warn(
            services,
            uow,
            ticket,
            f"step {escalation.position + 1} of the escalation ({step.action}) reaches nobody: {deed.outcome}.",
            dedup_key=f"unreachable:{escalation.id}:{escalation.lap}:{escalation.position}",
        )
