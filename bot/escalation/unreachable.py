"""A call that reaches nobody: the operators' channel says why, and the policy does not wait for an answer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.escalation import change, entries
from routing import escalation as machine
from routing.ticket import DESKBELL
from storage.pages import PageRole

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


async def record(
    services: Services, uow: UnitOfWork, entry: OutboxEntry, recipient: str, reason: str
) -> None:
    """`recipient` is whom the entry should have reached."""
    escalation, ticket = await change.hold(uow, entry.payload["escalation_id"])
    position = entry.payload["position"]
    where = "" if position is None else f" in step {position + 1} of the escalation"
    await change.audit(services, uow, ticket, "page_failed", actor=DESKBELL, to=recipient, because=reason)
    await change.warn(
        services,
        uow,
        ticket,
        f"could not page {recipient}{where}: {reason}. Somebody else must look at it.",
        dedup_key=f"unreachable:{entry.id}",
    )
    if entry.payload.get("role") == PageRole.MAIN:
        await _fall_back(services, uow, entry, escalation, ticket)
    elif position is not None:
        await hasten(services, uow, escalation.id, lap=entry.payload["lap"], position=position)


async def hasten(services: Services, uow: UnitOfWork, escalation_id: int, *, lap: int, position: int) -> None:
    """One call of a step has failed: the next step is due at once if nobody was reached by this one."""
    escalation, ticket = await change.hold(uow, escalation_id)
    if not await uow.escalation_steps.fail(escalation.id, lap=lap, position=position):
        return
    after = machine.hastened(escalation, lap=lap, position=position, now=services.clock())
    if after is not None:
        await change.apply(services, uow, escalation, after, ticket)


async def _fall_back(
    services: Services, uow: UnitOfWork, entry: OutboxEntry, escalation: Escalation, ticket: Ticket
) -> None:
    channel = services.config.desk.fallback_channel
    if entry.payload["recipient"] != channel:
        await entries.main_page(
            uow, escalation, channel=channel, trace_id=ticket.trace_id, now=services.clock()
        )
