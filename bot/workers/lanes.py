"""The pace of each lane: how many at once, how often, and a breaker that pauses a lane that fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_BREAKER_THRESHOLD = 5
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a destination bears."""

    concurrency: int
    interval: timedelta = timedelta(0)
    """Least time between two starts."""


PACES = {
    # Slack: one message a second a channel (https://docs.slack.dev/apis/web-api/rate-limits), and a little on top for
    # the way there, which is not always equally long.
    "slack.post": Pace(concurrency=1, interval=timedelta(milliseconds=1_050)),
    # Edits have a limit by method, not by channel: 50 and more a minute.
    "slack.edit": Pace(concurrency=1, interval=timedelta(milliseconds=300)),
    "slack.read": Pace(concurrency=2),
    "smtp": Pace(concurrency=4),
    "smtp.page": Pace(concurrency=2),
    "pager": Pace(concurrency=2),
    # Asks the database only.
    "sla": Pace(concurrency=2),
    "attachments.store": Pace(concurrency=2),
    "attachments.scan": Pace(concurrency=2),
    # Timers: each is one transaction of ours and asks nobody else.
    "escalation": Pace(concurrency=4),
    # One takes a core for half a minute.
    "retention": Pace(concurrency=1),
    # One takes a core for half a minute.
    "replay": Pace(concurrency=1),
    "replay.move": Pace(concurrency=1),
    "on_call": Pace(concurrency=1),
    "on_call.feed": Pace(concurrency=1),
    "slack.groups": Pace(concurrency=1),
    "incident": Pace(concurrency=1),
    # One at a time: a customer's second mail must find the ticket of the first.
    "triage": Pace(concurrency=1),
}


_UNKNOWN = Pace(concurrency=1)
"""For an entry that a newer version has written, while versions change: it must not stop the others."""


def destination(lane: str) -> str:
    """What a lane leads to: `slack.post` of `slack.post:#billing`."""
    return lane.partition(":")[0]


class Lane:
    """One destination as this worker sees it."""

    def __init__(self, pace: Pace, start: datetime) -> None:
        self._pace = pace
        self._running = 0
        self._open_from = start
        self._failures = 0

    def capacity(self, now: datetime) -> int:
        """How many entries may start now."""
        if now < self._open_from:
            return 0
        free = max(0, self._concurrency - self._running)
        return min(free, 1) if self._pace.interval else free

    @property
    def _concurrency(self) -> int:
        return 1 if self.is_suspect else self._pace.concurrency

    @property
    def is_suspect(self) -> bool:
        """Whether the breaker has tripped; a single entry at a time probes whether the lane works again."""
        return self._failures >= _BREAKER_THRESHOLD

    @property
    def opens_at(self) -> datetime | None:
        """When it may start the next entry; None while it waits for a running one."""
        return self._open_from if self._running < self._concurrency else None

    def started(self, now: datetime) -> None:
        self._running += 1
        self._open_from = max(self._open_from, now + self._pace.interval)

    def succeeded(self) -> bool:
        """The other side is well; answers whether the breaker had tripped."""
        had_tripped = self.is_suspect
        self._running -= 1
        self._failures = 0
        return had_tripped

    def failed(self, now: datetime) -> bool:
        """The other side did not answer as it should; enough of this in a row pauses the lane.

        Answers whether the breaker trips by this very failure.
        """
        self._running -= 1
        self._failures += 1
        if self.is_suspect:
            pause = _FIRST_PAUSE * 2 ** min(self._failures - _BREAKER_THRESHOLD, 10)
            self._open_from = max(self._open_from, now + min(pause, _LONGEST_PAUSE))
        return self._failures == _BREAKER_THRESHOLD

    def paused(self, until: datetime) -> None:
        """The other side asked for a pause."""
        self._running -= 1
        self._open_from = max(self._open_from, until)


class Lanes:
    """All lanes by name; the part before the colon says which pace."""

    def __init__(self, paces: dict[str, Pace] | None = None) -> None:
        self._paces = PACES if paces is None else paces
        self._lanes: dict[str, Lane] = {}

    def get(self, name: str, now: datetime) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = Lane(self._paces.get(destination(name), _UNKNOWN), now)
        return self._lanes[name]

    def is_full(self, name: str) -> bool:
        """Whether a lane can start nothing before something of its own has ended."""
        lane = self._lanes.get(name)
        return lane is not None and lane.opens_at is None

    def next_opening(self, names: list[str], now: datetime) -> datetime | None:
        """When the first of these lanes opens that is closed only by its pace."""
        times = [self.get(name, now).opens_at for name in names]
        return min((time for time in times if time is not None), default=None)

    def suspects(self) -> list[str]:
        """Lanes whose breaker has tripped."""
        return [name for name, lane in self._lanes.items() if lane.is_suspect]
