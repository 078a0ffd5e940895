"""The team's own records as the desk asks them: never for long, not twice for the same, and not while they are down."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import DeliveryError, PermanentError, RateLimitedError
from bot.telemetry import log
from routing.requester import Lookup

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.integrations.interfaces import RequesterDirectory

FAILURES = 3
"""So many in a row, and nobody is asked for a while."""
PAUSE = timedelta(seconds=30)
MOST_REMEMBERED = 10_000
"""Answers; the oldest is forgotten for a new one."""


class Directory:
    """A RequesterDirectory that nobody has to be afraid of: it always gives a Lookup, within `timeout`.

    Args:
        directory: what is asked; this closes it.
        timeout: an answer that takes longer is a failure.
        cache: how long an answer is good, also that somebody is a stranger. A failure is asked for again.
        clock: for the age of answers and for pauses.
    """

    def __init__(
        self, directory: RequesterDirectory, *, timeout: timedelta, cache: timedelta, clock: Clock
    ) -> None:
        self._directory = directory
        self._timeout = timeout
        self._cache = cache
        self._clock = clock
        self._answers: OrderedDict[str, tuple[datetime, Lookup]] = OrderedDict()
        self._failures = 0
        self._paused_until: datetime | None = None

    async def look_up(self, address: str) -> Lookup:
        """Who it is; the failure says why that is not known."""
        now = self._clock()
        address = address.lower()
        if remembered := self._remembered(address, now):
            return remembered
        if self._paused_until and now < self._paused_until:
            return Lookup(failure=f"the directory was not asked: {self._failures} times in a row it failed")
        lookup = await self._ask(address)
        if lookup.failure:
            log.warning("directory_failed", reason=lookup.failure)
        else:
            self._remember(address, lookup)
        return lookup

    async def close(self) -> None:
        await self._directory.close()

    async def _ask(self, address: str) -> Lookup:
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                requester = await self._directory.look_up(address)
        except TimeoutError:
            self._failed()
            return Lookup(failure=f"the directory did not answer within {self._timeout.total_seconds():g} s")
        except PermanentError as error:
            # It does answer, just not what it should: to ask it for the next mail does no harm.
            self._failures = 0
            return Lookup(failure=f"the directory cannot be used: {error}")
        except DeliveryError as error:
            self._failed(error.retry_after if isinstance(error, RateLimitedError) else PAUSE)
            return Lookup(failure=f"the directory failed: {error}")
        except Exception as error:  # noqa: BLE001 - a mistake in an adapter must not keep a mail from its ticket
            log.exception("directory_broken")
            self._failed()
            return Lookup(failure=f"the directory failed: {type(error).__name__}")
        self._failures = 0
        return Lookup(requester=requester)

    def _failed(self, pause: timedelta = PAUSE) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._paused_until = self._clock() + max(pause, PAUSE)

    def _remembered(self, address: str, now: datetime) -> Lookup | None:
        answered_at, lookup = self._answers.get(address, (None, None))
        return lookup if answered_at and now - answered_at < self._cache else None

    def _remember(self, address: str, lookup: Lookup) -> None:
        self._answers[address] = (self._clock(), lookup)
        self._answers.move_to_end(address)
        if len(self._answers) > MOST_REMEMBERED:
            self._answers.popitem(last=False)
