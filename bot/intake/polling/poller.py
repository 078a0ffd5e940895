"""Reads a mailbox again and again: remember, then acknowledge, then move the cursor.

Whatever breaks between two of these steps, the mails come again and turn out as duplicates. So the cursor is never
ahead of what is stored, and after an outage the next round begins where the last one ended.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import effects
from bot.intake import received
from bot.intake.polling.interfaces import PollFailedError
from bot.telemetry import log
from routing import retry
from storage.errors import StorageUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.intake.polling.interfaces import Batch, Mailbox, Message
    from bot.intake.received import Origin
    from bot.telemetry import Metrics
    from storage.cursors import Cursor
    from storage.unit_of_work import Storage

_LONGEST_PAUSE = timedelta(minutes=5)
_TELL_AFTER = timedelta(minutes=5)
"""A shorter trouble is nothing that a person could do anything about."""


class Poller:
    """One source. Several processes may poll it at once: they only do the work twice."""

    def __init__(
        self,
        origin: Origin,
        mailbox: Mailbox,
        *,
        interval: timedelta,
        storage: Storage,
        metrics: Metrics,
        clock: Clock,
        operators_channel: Callable[[], str],
    ) -> None:
        self.name = origin.name
        self._origin = origin
        self._mailbox = mailbox
        self._interval = interval
        self._storage = storage
        self._clock = clock
        self._operators_channel = operators_channel
        self._failures = 0
        self._failing_since: datetime | None = None
        self._reason = ""
        self._failed_count = metrics.poll_failures.labels(self.name)
        self._received_count = metrics.received
        self._last_success = metrics.poll_last_success.labels(self.name)

    @property
    def status(self) -> str:
        """What `/readyz` shows: a mailbox that does not answer is no reason to take this process out of service."""
        if self._failing_since is None:
            return "ok"
        return f"ok (failing since {self._failing_since:%Y-%m-%dT%H:%M:%SZ}: {self._reason})"

    async def run(self) -> None:
        """Poll until cancelled, which may happen at any point."""
        try:
            while True:
                await self._round()
        finally:
            await self._mailbox.close()

    async def _round(self) -> None:
        try:
            await self.catch_up()
            self._succeeded()
            await self._mailbox.wait(self._interval)
        except (PollFailedError, StorageUnavailableError) as error:
            await self._failed(error)
        except Exception as error:  # noqa: BLE001 - a poller that ends silently would lose mail
            log.error("poll_broken", source=self.name, exc_info=error)
            await self._failed(error)

    async def catch_up(self) -> None:
        """Take all that has come since the cursor.

        Raises:
            PollFailedError: the mailbox cannot be read now.
            StorageUnavailableError: nothing more can be stored now.
        """
        async with aclosing(self._mailbox.batches(await self._cursor())) as batches:
            async for batch in batches:
                await self._take(batch)

    async def _take(self, batch: Batch) -> None:
        await asyncio.gather(*map(self._remember, batch.messages))
        await self._mailbox.acknowledge(batch)
        if batch.position is not None:
            async with self._storage.unit_of_work() as uow:
                await uow.cursors.move(self.name, self._mailbox.place, batch.position, now=self._clock())
                await uow.commit()

    async def _cursor(self) -> Cursor | None:
        async with self._storage.reading() as uow:
            return await uow.cursors.get(self.name, self._mailbox.place)

    async def _remember(self, message: Message) -> None:
        now, content_type = self._clock(), self._mailbox.content_type
        if message.problem is None:
            mail = await received.read(message.raw, self._origin, content_type=content_type, now=now)
        else:
            mail = received.unreadable(
                message.raw, self._origin, content_type=content_type, now=now, reason=message.problem
            )
        receipt = await self._storage.email_writer.remember(mail)
        status = received.status(mail, receipt)
        log.info("mail_received", trace_id=receipt.trace_id, source=self.name, status=status)
        self._received_count.labels(self.name, status).inc()

    def _succeeded(self) -> None:
        self._failures, self._failing_since, self._reason = 0, None, ""
        self._last_success.set(self._clock().timestamp())

    async def _failed(self, error: Exception) -> None:
        now = self._clock()
        self._failures += 1
        self._failing_since = self._failing_since or now
        self._reason = str(error) or type(error).__name__
        self._failed_count.inc()
        log.warning("poll_failed", source=self.name, failures=self._failures, error=self._reason)
        if now - self._failing_since > _TELL_AFTER:
            await self._tell(self._failing_since, now)
        jitter = random.random()  # noqa: S311 - jitter is no secret
        await asyncio.sleep(pause(error, failures=self._failures, jitter=jitter).total_seconds())

    async def _tell(self, since: datetime, now: datetime) -> None:
        text = (
            f"The source {self.name} cannot be polled since {since:%Y-%m-%d %H:%M} UTC: {self._reason}. "
            "Mail waits there until it can."
        )
        try:
            async with self._storage.unit_of_work() as uow:
                await effects.notify_operators(
                    uow,
                    text,
                    channel=self._operators_channel(),
                    trace_id=received.new_trace_id(now),
                    now=now,
                    dedup_key=f"poll:{self.name}:{now:%Y-%m-%dT%H}",
                )
                await uow.commit()
        except StorageUnavailableError as unavailable:
            log.warning("poll_trouble_not_told", source=self.name, error=str(unavailable))


def pause(error: Exception, *, failures: int, jitter: float) -> timedelta:
    """How long to leave a mailbox alone after so many failures in a row: at least as long as it asks for."""
    own = retry.delay(failures, jitter=jitter, longest=_LONGEST_PAUSE)
    asked = error.retry_after if isinstance(error, PollFailedError) else None
    return max(own, asked or own)
