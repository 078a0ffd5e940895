"""The tests' hands on the stand-in Slack: a ledger of calls, failures to come, and the rate limit."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.store import Json


class Call(NamedTuple):
    """One call of a Web API method that was answered."""

    method: str
    args: Json
    at: datetime
    ok: bool
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How one call to come goes wrong."""

    breaks: bool = False
    """Whether the caller gets no proper answer; False only delays it."""
    error: str | None = None
    """Slack's error code to answer with."""
    status: int | None = None
    """HTTP status to answer with; with neither error nor status the connection breaks."""
    delay: timedelta | None = None
    after_effect: bool = False
    """Whether the call does its work first, so that the caller cannot know the outcome."""


class Failures:
    """Failures by method, each of them used once, in order."""

    def __init__(self) -> None:
        self._coming: defaultdict[str, deque[Failure]] = defaultdict(deque)

    def add(self, method: str, failure: Failure) -> None:
        self._coming[method].append(failure)

    def take(self, method: str) -> Failure | None:
        waiting = self._coming[method]
        return waiting.popleft() if waiting else None


class RateLimit:
    """One message a second a channel, without the short bursts that Slack lets pass.

    Source: docs.slack.dev/apis/web-api/rate-limits.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._free_at: dict[str, datetime] = {}

    def seconds_to_wait(self, channel: str) -> int:
        """Whole seconds for Retry-After; 0 takes the place of this second."""
        now = self._now()
        free_at = self._free_at.get(channel, now)
        if free_at > now:
            return math.ceil((free_at - now).total_seconds())
        self._free_at[channel] = now + timedelta(seconds=1)
        return 0
