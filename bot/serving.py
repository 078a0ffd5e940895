"""Serves until SIGTERM, and ends without losing anything: not ready, then deaf, then done."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot import stopping
from bot.stopping import Stopping
from bot.telemetry import log

STOPPING: web.AppKey[Stopping] = web.AppKey("stopping", Stopping)


async def serve(app: web.Application, *, host: str, port: int) -> None:
    """Return when all has ended.

    Raises:
        OSError: the port is taken.
        StorageUnavailableError: the database does not answer at the start.
    """
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signals.put_nowait, number)
    app.on_response_prepare.append(_hang_up_when_stopping)
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=stopping.REQUESTS_END_WITHIN.total_seconds(),
    )
    stopped = asyncio.ensure_future(signals.get())
    try:
        if await _started(runner, host, port, unless=stopped):
            received = await stopped
            log.info("stopping", signal=received.name)
            app[STOPPING].begin()
            # Whoever presses Ctrl-C, or asks twice, does not wait for a load balancer.
            drain = timedelta() if received is signal.SIGINT else stopping.DRAIN
            await asyncio.wait({asyncio.ensure_future(signals.get())}, timeout=drain.total_seconds())
    finally:
        await runner.cleanup()
    log.info("stopped")


async def _started(
    runner: web.AppRunner, host: str, port: int, *, unless: asyncio.Future[signal.Signals]
) -> bool:
    """Start, which may take as long as a database lets us wait; False if that was not wanted any more."""

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        # A port of 0 is any free one: say which.
        log.info("listening", host=host, port=runner.addresses[0][1])

    starting = asyncio.ensure_future(start())
    either: set[asyncio.Future[Any]] = {starting, unless}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return False
    starting.result()
    return True


async def _hang_up_when_stopping(request: web.Request, response: web.StreamResponse) -> None:
    """The next request of a kept connection belongs to another process."""
    if request.app[STOPPING].has_begun:
        response.force_close()
