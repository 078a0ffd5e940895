"""What runs as long as the web application does, as cleanup contexts of aiohttp: opened in order, closed in reverse."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.desk import reload, retention
from bot.on_call import start as on_call
from bot.stopping import LISTENERS_END_WITHIN, TRANSPORT_ENDS_WITHIN
from bot.telemetry import log
from bot.workers.lanes import PACES, destination
from routing.ticket import DESKBELL
from storage import migrations
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncApp

    from bot.clock import Clock
    from bot.directory import Directory
    from bot.escalation.auditor import Auditor
    from bot.intake.interfaces import Vendor
    from bot.intake.polling.poller import Poller
    from bot.integrations.interfaces import Heartbeat, Pager, Transport
    from bot.services import Services
    from bot.sharing import SharedReloads
    from bot.stopping import Stopping
    from bot.web import health
    from bot.workers.carrying import Announcer, Receiver
    from bot.workers.lanes import Lanes
    from bot.workers.outbox import OutboxWorker
    from storage.exclusive import Exclusive
    from storage.unit_of_work import Storage

Context = Callable[[web.Application], AsyncIterator[None]]

_SLACK_REPEATS_WITHIN = timedelta(days=1)
"""An event that was not answered comes again three times within the hour; a day is more than enough."""


def readiness(
    services: Services, stopping: Stopping, lanes: Lanes | None, parts: Mapping[str, Callable[[], str]]
) -> health.Ready:
    """What `/readyz` and `/metrics` show of this process: its dependencies, its lanes and its other parts."""

    async def ready() -> Mapping[str, str]:
        if stopping.has_begun:
            return {"process": "stopping"}
        try:
            async with services.storage.reading() as uow:
                outbox = await uow.outbox.counts(services.clock())
                emails = await uow.emails.unfinished_counts()
        except StorageUnavailableError as error:
            return {"database": str(error)}
        for state in ("ready", "scheduled", "leased", "dead"):
            services.metrics.outbox.labels(state).set(outbox.get(state, 0))
        for state in ("in_flight", "parked"):
            services.metrics.emails.labels(state).set(emails.get(state, 0))
        suspects = lanes.suspects() if lanes else []
        paused = Counter(map(destination, suspects))
        for name in PACES:
            services.metrics.paused_lanes.labels(name).set(paused[name])
        # A lane that fails is a matter of the other side: this process is ready all the same.
        troubles = dict.fromkeys(suspects, "ok (paused: it does not answer)")
        return {"database": "ok", **troubles, **{name: status() for name, status in parts.items()}}

    return ready


def storage_open(storage: Storage, clock: Clock) -> Context:
    """The database is at the newest revision, and the email writer runs."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        if await migrations.upgrade(storage.database):
            log.info("database_migrated", revision=migrations.HEAD)
        async with storage.unit_of_work() as uow:
            await uow.slack_events.forget_before(clock() - _SLACK_REPEATS_WITHIN)
            await retention.arm(uow, clock())
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


def reloads_shared(services: Services, reloads: SharedReloads) -> Context:
    """New rules reach the other processes, and theirs this one."""
    services.active.tell_others = reloads.tell
    return _running_until_cancelled(reloads.follow, name="follow-reloads")


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
        yield
        worker.stop()
        await task

    return context


def auditor_running(auditor: Auditor, heartbeat: Heartbeat | None) -> Context:
    """The auditor of escalations."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        async for _ in _running_until_cancelled(auditor.run, name="escalation-auditor")(app):
            yield
        if heartbeat:
            await heartbeat.close()

    return context


def heap_frozen() -> Context:
    """What is loaded by now stays: the collector need not look at it again and again."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        gc.freeze()
        yield

    return context


def poller_running(poller: Poller, turn: Exclusive) -> Context:
    """One polled source, read by one process at a time."""
    return _running_until_cancelled(lambda: turn.run(poller.run), name=f"poll-{poller.name}")


def receiver_running(receiver: Receiver) -> Context:
    """What other processes tell; ends after the worker, whose last acknowledgements it sends."""
    return _running_until_cancelled(receiver.run, name="receive-hints")


def _running_until_cancelled(work: Callable[[], Coroutine[Any, Any, None]], *, name: str) -> Context:
    async def context(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(work(), name=name)
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return context


def announcer_running(announcer: Announcer, transport: Transport, storage: Storage) -> Context:
    """Tells other processes what was committed here, to the last."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        storage.wakeup.tell_others = announcer.announce
        task = asyncio.create_task(announcer.run(), name="announce-hints")
        yield
        announcer.stop()
        # A broker that does not answer must not hold up the end.
        for last in (task, asyncio.create_task(transport.close())):
            await asyncio.wait({last}, timeout=TRANSPORT_ENDS_WITHIN.total_seconds())
            last.cancel()

    return context


def listeners_ended() -> Context:
    """What people pressed is done to the end: Slack has its receipt by then, and will not tell it again."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        yield
        listeners = [task for task in asyncio.all_tasks() if _is_listener(task)]
        if listeners:
            await asyncio.wait(listeners, timeout=LISTENERS_END_WITHIN.total_seconds())

    return context


def _is_listener(task: asyncio.Task[Any]) -> bool:
    """Bolt answers Slack before the listener ends; the listener goes on in a task of its own."""
    return "run_ack_function_asynchronously" in getattr(task.get_coro(), "__qualname__", "")


def socket_mode_connected(bolt: AsyncApp, app_token: str) -> Context:
    """Slack by Socket Mode."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        handler = AsyncSocketModeHandler(bolt, app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call] # of Bolt
        yield
        await handler.close_async()  # type: ignore[no-untyped-call] # of Bolt

    return context
