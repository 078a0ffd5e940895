"""Looks every minute whether an escalation was forgotten: by a fault of ours, a stuck worker, or a Slack that is down.

Each open escalation has a step that is due, or a reason to have none; each step ran in time; each call went out, or
the policy has gone on. What is not so is told in the operators' channel and by mail to the last resort, is counted,
and is mended where it can be. Every process that has a worker looks; the outbox sees to it that they say it once.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.effects import Kind
from bot.escalation import change, pagers, unreachable
from bot.telemetry import log
from routing import escalation as machine
from routing.escalation import EscalationState
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.integrations.interfaces import Heartbeat
    from bot.services import Services
    from storage.escalation_audit import WaitingCall, Watched
    from storage.unit_of_work import UnitOfWork

INTERVAL: Final = timedelta(minutes=1)
TOLERANCE: Final = timedelta(minutes=2)
"""How late a step may run, and how long a call may wait, before somebody is told."""

_BATCH: Final = 200
_CALLS: Final = (Kind.PAGE, Kind.PAGE_GROUP, Kind.PAGER_TRIGGER)
_RUNS: Final = frozenset({EscalationState.RUNNING, EscalationState.EXHAUSTED})
"""In these somebody is still to be called."""
_WAITS: Final = frozenset({EscalationState.RUNNING, EscalationState.SNOOZED})


class Missed(StrEnum):
    """What may go wrong; label values of the metric."""

    NO_STEP = "no_step"
    """It is to go on, and nobody knows when."""
    NO_TIMER = "no_timer"
    """It has a next step, and nothing that would run it."""
    OVERDUE = "overdue"
    UNDELIVERED = "undelivered"


def missed(watched: Watched, *, now: datetime) -> Missed | None:
    """What is wrong with an open escalation; None where all is well.

    One that is acknowledged without a question to come, or whose policy is exhausted, has a reason to have no step.
    """
    if watched.next_at is None:
        return Missed.NO_STEP if watched.state in _WAITS else None
    if not watched.has_timer:
        return Missed.NO_TIMER
    return Missed.OVERDUE if watched.next_at < now - TOLERANCE else None


class Findings(NamedTuple):
    """What did not look right a moment ago."""

    stuck: list[tuple[Watched, Missed]]
    calls: list[WaitingCall]


class Auditor:
    """One in each process that has an outbox worker."""

    def __init__(self, services: Services, heartbeat: Heartbeat | None = None) -> None:
        self._services = services
        self._heartbeat = heartbeat

    async def run(self) -> None:
        """Look once a minute until the task is cancelled."""
        while True:
            await asyncio.sleep(INTERVAL.total_seconds())
            try:
                await self.look()
            except StorageUnavailableError as error:
                log.warning("audit_storage_unavailable", error=str(error))
            except Exception as error:  # noqa: BLE001 - an auditor that ends silently is what it is to prevent
                log.error("audit_failed", exc_info=error)

    async def look(self) -> int:
        """Look at all open escalations, and tell of what is amiss; answers how much that was."""
        found, after_ticket = 0, 0
        while True:
            last, findings = await self.find(after_ticket=after_ticket)
            found += await self.mend(findings)
            if last is None:
                break
            after_ticket = last
        if not found and self._heartbeat:
            await self._heartbeat.beat()
        return found

    async def find(self, *, after_ticket: int = 0) -> tuple[int | None, Findings]:
        """What is amiss with the next open escalations by ticket, and where to go on; None behind the last."""
        now = self._services.clock()
        async with self._services.storage.reading() as uow:
            batch = await uow.escalation_audit.open_ones(
                timer_kind=Kind.ESCALATION_STEP, after_ticket=after_ticket, limit=_BATCH
            )
            running = [watched.escalation_id for _, watched in batch if watched.state in _RUNS]
            calls = await uow.escalation_audit.waiting_calls(running, kinds=_CALLS, before=now - TOLERANCE)
        stuck = [(watched, what) for _, watched in batch if (what := missed(watched, now=now))]
        return batch[-1][0] if len(batch) == _BATCH else None, Findings(stuck, calls)

    async def mend(self, findings: Findings) -> int:
        """Tell of it and mend it, in one transaction; answers how much of it is still so."""
        if not findings.stuck and not findings.calls:
            return 0
        async with self._services.storage.unit_of_work() as uow:
            still = [await self._report(uow, watched, what) for watched, what in findings.stuck]
            for call in findings.calls:
                await self._move_on(uow, call)
            await uow.commit()
        return sum(still) + len(findings.calls)

    async def _report(self, uow: UnitOfWork, watched: Watched, what: Missed) -> bool:
        """A lost timer is set again; a late one has a worker that is stuck or busy, which only a person can mend.

        False where it has gone on since it was looked at: then nothing was amiss.
        """
        escalation, ticket = await change.hold(uow, watched.escalation_id)
        if escalation.generation != watched.generation:
            return False
        due = f"{watched.next_at:%H:%M} UTC" if watched.next_at else "some time"
        text = (
            f"the escalation should go on at {due}, and does not ({what}). Look at the workers and their log."
        )
        await self._tell(uow, watched.escalation_id, what, text, key=str(escalation.generation))
        if what is not Missed.OVERDUE:
            after = machine.resumed(escalation, now=self._services.clock())
            await change.apply(self._services, uow, escalation, after, ticket)
        return True

    async def _move_on(self, uow: UnitOfWork, call: WaitingCall) -> None:
        """Somebody else is called at once, by another way; a pager that fails has seen to that itself."""
        why = f" ({call.last_error})" if call.last_error else ""
        text = f"a call has not gone out by {call.lane}{why}. What comes next does not wait for it."
        is_news = await self._tell(uow, call.escalation_id, Missed.UNDELIVERED, text, key=str(call.entry_id))
        lap, position = call.payload.get("lap"), call.payload.get("position")
        if is_news and lap is not None and position is not None:
            await unreachable.hasten(self._services, uow, call.escalation_id, lap=lap, position=position)

    async def _tell(self, uow: UnitOfWork, escalation_id: int, what: Missed, text: str, *, key: str) -> bool:
        """Say it in the operators' channel and by mail, once; False if it has been said."""
        escalation, ticket = await change.hold(uow, escalation_id)
        dedup_key = f"missed:{what}:{escalation_id}:{key}"
        if not await change.warn(self._services, uow, ticket, text, dedup_key=dedup_key):
            return False
        log.error("escalation_missed", what=what, escalation=escalation_id, trace_id=ticket.trace_id)
        self._services.metrics.escalations_missed.labels(what).inc()
        now = self._services.clock()
        for address in self._services.config.desk.last_resort:
            await pagers.by_mail(
                uow, escalation, to=address, number=escalation.lap, trace_id=ticket.trace_id, now=now
            )
        return True
