"""Keeps a transport going: what is committed here is told, what is told elsewhere is worked on here.

A transport that is down loses nothing and delays no commit: each worker looks into the outbox every few seconds.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import DeliveryError
from bot.stopping import TRANSPORT_ENDS_WITHIN
from bot.telemetry import log
from routing import retry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.integrations.interfaces import Delivery, Transport
    from bot.telemetry import Metrics
    from bot.workers.deliveries import Deliveries
    from storage.hints import Hint

_MOST_UNTOLD = 10_000
_BATCH = 100
_PATIENCE_SECONDS = 5
_LONGEST_PAUSE = timedelta(seconds=10)


class Side:
    """One direction, its state and its pauses."""

    def __init__(self, transport: Transport, direction: str) -> None:
        self._transport = transport
        self._direction = direction
        self._failures = 0
        self._reason = ""

    @property
    def status(self) -> str:
        """What `/readyz` shows: work goes on without a broker, so this process stays in service."""
        return f"ok ({self._transport.name} does not answer: {self._reason})" if self._failures else "ok"

    def worked(self) -> None:
        if self._failures:
            log.info("transport_back", transport=self._transport.name, direction=self._direction)
        self._failures, self._reason = 0, ""

    async def failed(self, error: Exception) -> None:
        """Wait, longer each time; tell it once."""
        self._failures += 1
        self._reason = str(error) or type(error).__name__
        tell = log.warning if self._failures == 1 else log.debug
        tell("transport_down", transport=self._transport.name, direction=self._direction, error=self._reason)
        jitter = random.random()  # noqa: S311 - jitter is no secret
        pause = retry.delay(self._failures, jitter=jitter, longest=_LONGEST_PAUSE)
        await asyncio.sleep(pause.total_seconds())


class Announcer:
    """Publishes what was committed in this process."""

    def __init__(self, transport: Transport, metrics: Metrics) -> None:
        self._transport = transport
        self._published = metrics.hints.labels("published")
        self._side = Side(transport, "publish")
        # When it is full the oldest are forgotten: they are the first that a worker finds by looking.
        self._untold: deque[Hint] = deque(maxlen=_MOST_UNTOLD)
        self._event = asyncio.Event()
        self._is_stopping = False

    @property
    def status(self) -> str:
        return self._side.status

    def announce(self, hints: Sequence[Hint]) -> None:
        """Tell other processes soon; never waits."""
        self._untold.extend(hints)
        self._event.set()

    def stop(self) -> None:
        """Tell what is left, then end."""
        self._is_stopping = True
        self._event.set()

    async def run(self) -> None:
        while self._untold or not self._is_stopping:
            await self._event.wait()
            self._event.clear()
            while self._untold:
                await self._publish([self._untold.popleft() for _ in range(min(_BATCH, len(self._untold)))])

    async def _publish(self, hints: Sequence[Hint]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._transport.publish(hints)
        except (DeliveryError, TimeoutError) as error:
            self._untold.clear()
            if not self._is_stopping:
                await self._side.failed(error)
        else:
            self._side.worked()
            self._published.inc(len(hints))


class Receiver:
    """Hands what arrives to the worker of this process, and acknowledges it when the worker has settled it."""

    def __init__(self, transport: Transport, deliveries: Deliveries, metrics: Metrics) -> None:
        self._transport = transport
        self._received = metrics.hints.labels("received")
        self._deliveries = deliveries
        self._side = Side(transport, "receive")

    @property
    def status(self) -> str:
        return self._side.status

    async def run(self) -> None:
        """Receive until cancelled; then give back what nobody has begun."""
        while True:
            try:
                await self._receive()
            except DeliveryError as error:
                await self._side.failed(error)
            except Exception as error:  # noqa: BLE001 - a receiver that ends silently would slow everything
                log.error("transport_broken", transport=self._transport.name, exc_info=error)
                await self._side.failed(error)

    async def _receive(self) -> None:
        acknowledging = asyncio.create_task(self._acknowledge(), name="acknowledge-hints")
        try:
            async with aclosing(self._transport.receive()) as batches:
                try:
                    async for batch in batches:
                        self._side.worked()
                        self._received.inc(len(batch))
                        for delivery in batch:
                            self._deliveries.arrived(delivery)
                finally:
                    await self._let_go()
        finally:
            acknowledging.cancel()

    async def _acknowledge(self) -> None:
        while True:
            settled = [await self._deliveries.settled.get(), *self._settled()]
            try:
                await self._transport.acknowledge(settled)
            except DeliveryError as error:
                # They come again, and are stale then.
                log.debug("hints_not_acknowledged", error=str(error))

    def _settled(self) -> list[Delivery]:
        settled = self._deliveries.settled
        return [settled.get_nowait() for _ in range(settled.qsize())]

    async def _let_go(self) -> None:
        """The receipts end with the connection; what was not acknowledged by now is given back."""
        settled, held = self._settled(), self._deliveries.give_up()
        try:
            async with asyncio.timeout(TRANSPORT_ENDS_WITHIN.total_seconds()):
                await self._transport.acknowledge(settled)
                await self._transport.give_back(held)
        except (DeliveryError, TimeoutError) as error:
            log.debug("hints_not_given_back", error=str(error))
