"""When to try an outbox entry again, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_ATTEMPTS = 16
"""With the delays below the last attempt comes two and a half to five hours after the first."""

_FIRST_DELAY = timedelta(seconds=2)
_LONGEST_DELAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at this time."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The entry becomes a dead letter for this reason."""

    reason: str


def decide(*, attempts: int, is_permanent: bool, now: datetime, jitter: float) -> Retry | GiveUp:
    """What follows a failed attempt."""
    if is_permanent:
        return GiveUp("the other side refused it for good")
    if attempts >= MAX_ATTEMPTS:
        return GiveUp(f"gave up after {attempts} attempts")
    return Retry(now + delay(attempts, jitter=jitter))


def delay(attempts: int, *, jitter: float, longest: timedelta = _LONGEST_DELAY) -> timedelta:
    """How long to wait after so many failed attempts: doubles from two seconds to `longest`.

    `jitter` in [0, 1) shortens it by up to half, so that what failed together does not come back together.
    """
    # The exponent is bounded so that the product stays a timedelta.
    whole: timedelta = min(_FIRST_DELAY * 2 ** min(attempts - 1, 20), longest)
    return whole * (1 - jitter / 2)
