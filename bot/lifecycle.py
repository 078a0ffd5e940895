"""What runs as long as the web application does, as cleanup contexts of aiohttp: opened in order, closed in reverse."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.desk import reload
from bot.on_call import start as on_call
from bot.telemetry import log
from routing.ticket import DESKBELL
from storage import migrations
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slack_bolt.async_app import AsyncApp

    from bot.clock import Clock
    from bot.directory import Directory
    from bot.intake.interfaces import Vendor
    from bot.intake.polling.poller import Poller
    from bot.integrations.interfaces import Pager
    from bot.services import Services
    from bot.web import health
    from bot.workers.outbox import OutboxWorker
    from storage.unit_of_work import Storage

Context = Callable[[web.Application], AsyncIterator[None]]

_SLACK_REPEATS_WITHIN = timedelta(days=1)
"""An event that was not answered comes again three times within the hour; a day is more than enough."""


def readiness(services: Services, worker: OutboxWorker, pollers: Sequence[Poller]) -> health.Ready:
    """What `/readyz` and `/metrics` show of this process: its dependencies, lanes and polled sources."""

    async def ready() -> Mapping[str, str]:
        try:
            async with services.storage.reading() as uow:
                outbox, emails = await uow.outbox.counts(), await uow.emails.unfinished_counts()
        except StorageUnavailableError as error:
            return {"database": str(error)}
        for state in ("ready", "leased", "dead"):
            services.metrics.outbox.labels(state).set(outbox.get(state, 0))
        for state in ("in_flight", "parked"):
            services.metrics.emails.labels(state).set(emails.get(state, 0))
        # A lane that fails is a matter of the other side: this process is ready all the same.
        lanes = dict.fromkeys(worker.lanes.suspects(), "ok (paused: it does not answer)")
        return {"database": "ok", **lanes, **{f"poll.{poller.name}": poller.status for poller in pollers}}

    return ready


def storage_open(storage: Storage, clock: Clock) -> Context:
    """The database is at the newest revision, and the email writer runs."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        if await migrations.upgrade(storage.database):
            log.info("database_migrated", revision=migrations.HEAD)
        async with storage.unit_of_work() as uow:
            await uow.slack_events.forget_before(clock() - _SLACK_REPEATS_WITHIN)
            await uow.commit()
        await storage.start()
        yield
        await storage.close()

    return context


def on_call_watched(services: Services) -> Context:
    """The timers of the schedules run, whatever became of them; needs the storage."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        async with services.storage.unit_of_work() as uow:
            await on_call.start(uow, services.config.schedules, now=services.clock())
            await uow.commit()
        yield

    return context


def reloading_on_hangup(services: Services) -> Context:
    """SIGHUP reloads the rules; one that has begun is ended before the desk stops."""
    tasks: set[asyncio.Task[None]] = set()

    def begin() -> None:
        task = asyncio.create_task(_reload(services), name="reload")
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def context(_app: web.Application) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, begin)
        yield
        loop.remove_signal_handler(signal.SIGHUP)
        await asyncio.gather(*tasks)

    return context


async def _reload(services: Services) -> None:
    try:
        await reload.reload(services, actor=DESKBELL)
    except StorageUnavailableError as error:
        log.error("reload_failed", error=str(error))


def vendor_open(vendor: Vendor) -> Context:
    """The HTTP client for the vendors of mail."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        yield
        await vendor.close()

    return context


def directory_open(directory: Directory) -> Context:
    """The connections to the records of the team's customers."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        yield
        await directory.close()

    return context


def pagers_open(pagers: Mapping[str, Pager]) -> Context:
    """The connections to the services that call people."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        yield
        for pager in pagers.values():
            await pager.close()

    return context


def worker_running(worker: OutboxWorker) -> Context:
    """The outbox worker; at the end it finishes what it has begun."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(worker.run(), name="outbox-worker")
        # What is loaded by now stays: the collector need not look at it again and again.
        gc.freeze()
        yield
        worker.stop()
        await task

    return context


def poller_running(poller: Poller) -> Context:
    """One polled source."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(poller.run(), name=f"poll-{poller.name}")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return context


def socket_mode_connected(bolt: AsyncApp, app_token: str) -> Context:
    """Slack by Socket Mode."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        handler = AsyncSocketModeHandler(bolt, app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call] # of Bolt
        yield
        await handler.close_async()  # type: ignore[no-untyped-call] # of Bolt

    return context
