"""When to try an outbox entry again, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_ATTEMPTS = 12
"""With the delays below the last attempt comes about four and a half hours after the first."""

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
    """What follows a failed attempt.

    Delays double from two seconds to an hour. `jitter` in [0, 1) shortens each by up to half, so that what
    failed together does not come back together.
    """
    if is_permanent:
        return GiveUp("the other side refused it for good")
    if attempts >= MAX_ATTEMPTS:
        return GiveUp(f"gave up after {attempts} attempts")
    # The exponent is bounded so that the product stays a timedelta.
    delay = min(_FIRST_DELAY * 2 ** min(attempts - 1, 20), _LONGEST_DELAY)
    return Retry(now + delay * (1 - jitter / 2))
