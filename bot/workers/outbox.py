"""Takes entries from the outbox, performs them and records what came of it."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot import effects
from bot.errors import DeliveryError, NotReadyError, PermanentError, RateLimitedError
from bot.stopping import EFFECTS_END_WITHIN
from bot.telemetry import log
from bot.workers import breaker
from bot.workers.deliveries import Deliveries
from bot.workers.lanes import Lanes
from routing import retry
from storage.errors import LeaseLostError, StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.effects import Effect, Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=60)
"""Longer than any effect takes; a worker that dies delays its entries by this much."""

_IDLE = timedelta(seconds=5)
_STORAGE_PAUSE = timedelta(seconds=1)


class OutboxWorker:
    """One worker; several may run, each in a process of its own."""

    def __init__(
        self, services: Services, performers: Mapping[str, Effect], lanes: Lanes | None = None
    ) -> None:
        self._services = services
        self._storage = services.storage
        self._performers = performers
        self.lanes = lanes or Lanes()
        self.deliveries = Deliveries(services.storage.wakeup)
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._running: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self._has_freed = False

    async def run(self) -> None:
        """Work until `stop`; then finish what has begun."""
        while not self._is_stopping:
            try:
                if not self._has_freed:
                    await self._free_lost_leases()
                wait = await self._round()
            except StorageUnavailableError as error:
                log.warning("outbox_storage_unavailable", error=str(error))
                wait = _STORAGE_PAUSE
            except Exception as error:  # noqa: BLE001 - a worker that ends silently would stop everything
                log.error("outbox_round_failed", exc_info=error)
                wait = _STORAGE_PAUSE
            await self._sleep(wait)
        await self._finish_or_free()

    async def _finish_or_free(self) -> None:
        """End what has begun; what takes too long is left to another worker."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=EFFECTS_END_WITHIN.total_seconds())
        if not late:
            return
        for task in late:
            task.cancel()
        await asyncio.wait(late)
        log.warning("outbox_leases_given_back", count=len(late))
        async with self._storage.unit_of_work() as uow:
            await uow.outbox.free(self._name)
            await uow.commit()

    async def _sleep(self, longest: timedelta) -> None:
        """Wait until something may start; work for a full lane alone is no reason, its room will be."""
        loop = asyncio.get_running_loop()
        end = loop.time() + longest.total_seconds()
        while (rest := end - loop.time()) > 0:
            lanes = await self._storage.wakeup.wait(rest)
            if any(lane is None or not self.lanes.is_full(lane) for lane in lanes):
                return

    def stop(self) -> None:
        """Take nothing new."""
        self._is_stopping = True
        self._storage.wakeup.set()

    async def _free_lost_leases(self) -> None:
        """Free what an earlier process on this machine held when it died, instead of waiting for its leases."""
        async with self._storage.unit_of_work() as uow:
            for lessee in await uow.outbox.lessees():
                if _is_dead(lessee):
                    await uow.outbox.free(lessee)
            await uow.commit()
        self._has_freed = True

    async def _round(self) -> timedelta:
        """Start all that may start now; answers how long to sleep at the most."""
        now, hinted = self._services.clock(), self.deliveries.waiting()
        async with self._storage.unit_of_work() as uow:
            if await uow.outbox.reap(now):
                log.warning("outbox_leases_reaped")
            due = await uow.outbox.due_lanes(now)
            claimed = [entry for name in due for entry in await self._claim(uow, name, now)]
            next_due_at = await uow.outbox.next_due_at(now)
            await uow.commit()
        self.deliveries.started(entry.id for entry in claimed)
        for entry in claimed:
            self._start(entry, now)
        self.deliveries.looked(hinted, is_full=lambda lane: not self.lanes.get(lane, now).capacity(now))
        opening = self.lanes.next_opening(due, now)
        times = [time for time in (next_due_at, opening) if time is not None]
        # A lane that is open and due was taken empty just now, or its entries wait for one of their own key.
        soonest = min((time for time in times if time > now), default=now + _IDLE)
        return min(soonest - now, _IDLE)

    async def _claim(self, uow: UnitOfWork, name: str, now: datetime) -> list[OutboxEntry]:
        capacity = self.lanes.get(name, now).capacity(now)
        if capacity < 1:
            return []
        return await uow.outbox.claim(name, limit=capacity, worker=self._name, now=now, lease=LEASE)

    def _start(self, entry: OutboxEntry, now: datetime) -> None:
        self.lanes.get(entry.lane, now).started(now)
        task = asyncio.create_task(self._perform(entry), name=f"outbox-{entry.id}")
        self._running.add(task)
        task.add_done_callback(partial(self._ended, entry.id))

    def _ended(self, entry_id: int, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.deliveries.ended(entry_id)
        # Its lane has room again, and the next entry of its key may go.
        self._storage.wakeup.set()

    async def _perform(self, entry: OutboxEntry) -> None:
        lane = self.lanes.get(entry.lane, self._services.clock())
        outcome, works_again = "failed", False
        try:
            await self._finish(entry, await self._act(entry))
        except LeaseLostError:
            outcome = "lease_lost"
            lane.failed(self._services.clock())
        except RateLimitedError as error:
            outcome = "rate_limited"
            until = self._services.clock() + error.retry_after
            lane.paused(until)
            await self._settle(entry, self._postpone(entry, until, str(error), counts=False))
        except (PermanentError, NotReadyError) as error:
            works_again = lane.succeeded()  # the destination is well, this one entry is not
            await self._settle(entry, self._give_up_or_retry(entry, error))
        except Exception as error:  # noqa: BLE001 - a bug in one effect must not stop the others
            has_tripped = lane.failed(self._services.clock())
            await self._settle(entry, self._give_up_or_retry(entry, error))
            if has_tripped:
                await self._settle(entry, partial(breaker.tripped, self._services, entry, error))
        else:
            outcome = "done"
            self.deliveries.done(entry.id)
            works_again = lane.succeeded()
        if works_again:
            await self._settle(entry, partial(breaker.closed, self._services, entry))
        self._services.metrics.effects.labels(entry.kind, outcome).inc()

    async def _act(self, entry: OutboxEntry) -> Record:
        if entry.attempts > retry.MAX_ATTEMPTS:
            # No attempt lived to say that it failed: this entry may be what ends the workers.
            raise PermanentError("its worker was lost at every attempt")
        async with asyncio.timeout(LEASE.total_seconds() - 5):
            return await self._performers[entry.kind](entry)

    async def _finish(self, entry: OutboxEntry, record: Record) -> None:
        async with self._storage.unit_of_work() as uow:
            await uow.outbox.finish(entry, self._services.clock())
            await record(uow)
            await uow.commit()

    async def _settle(self, entry: OutboxEntry, record: Record) -> None:
        """Write down a failure; if that fails too, the lease runs out and the entry comes again."""
        try:
            async with self._storage.unit_of_work() as uow:
                await record(uow)
                await uow.commit()
        except (LeaseLostError, StorageUnavailableError) as error:
            log.warning("outbox_not_settled", entry=entry.id, trace_id=entry.trace_id, error=str(error))

    def _postpone(self, entry: OutboxEntry, due_at: datetime, reason: str, *, counts: bool) -> Record:
        async def record(uow: UnitOfWork) -> None:
            await uow.outbox.postpone(
                entry, now=self._services.clock(), due_at=due_at, error=reason, counts=counts
            )

        return record

    def _give_up_or_retry(self, entry: OutboxEntry, error: Exception) -> Record:
        text = str(error) or type(error).__name__
        details = {"entry": entry.id, "kind": entry.kind, "trace_id": entry.trace_id, "error": text}
        if not isinstance(error, DeliveryError):
            log.error("outbox_effect_failed", exc_info=error, **details)
        next_step = retry.decide(
            attempts=entry.attempts,
            is_permanent=isinstance(error, PermanentError),
            now=self._services.clock(),
            jitter=random.random(),  # noqa: S311 - jitter is no secret
        )
        if isinstance(next_step, retry.Retry):
            log.warning("outbox_retry", attempts=entry.attempts, **details)
            return self._postpone(entry, next_step.due_at, text, counts=True)
        log.error("outbox_dead", attempts=entry.attempts, **details)
        return self._bury(entry, text)

    def _bury(self, entry: OutboxEntry, reason: str) -> Record:
        async def record(uow: UnitOfWork) -> None:
            now = self._services.clock()
            await uow.outbox.bury(entry, now=now, error=reason)
            if entry.kind != effects.Kind.NOTIFY_OPERATORS:
                await effects.notify_operators(
                    uow,
                    f"Could not deliver {entry.kind} to {entry.lane}: {reason}. "
                    f"`/support dead-letters` lists it and tries again.",
                    channel=self._services.config.desk.operators_channel,
                    trace_id=entry.trace_id,
                    now=now,
                )

        return record


def _is_dead(lessee: str) -> bool:
    """Whether a worker was a process of this machine that is gone; one of another machine may well live."""
    host, _, rest = lessee.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    # In a container each process may have the same id, so an earlier one of our own id is gone as well.
    return int(pid) == os.getpid() or not _is_running(int(pid))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
