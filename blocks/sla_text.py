"""The SLA clocks of a ticket in words: the next deadline for its card, and the whole sum for who asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from blocks import text
from routing.sla_clock import Clock, Outcome
from routing.sla_policy import Metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from slack_sdk.models.blocks import Block

    from routing.business_hours import BusinessHours

_NAMES = {
    Metric.FIRST_RESPONSE: "First response",
    Metric.NEXT_RESPONSE: "Next response",
    Metric.RESOLUTION: "Resolution",
}
_WAITING = "⏸️ Paused: waiting for the customer"
_SUMS = 12
_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


def name(metric: Metric) -> str:
    """What a metric is called: `First response`."""
    return _NAMES[metric]


def deadline(clocks: Sequence[Clock]) -> tuple[str, str] | None:
    """The next deadline with its name; None where nothing is promised any more."""
    going = [clock for clock in clocks if clock.ended_at is None]
    timed = [(clock.due_at, clock) for clock in going if clock.due_at]
    if timed:
        due_at, clock = min(timed, key=lambda pair: pair[0])
        noun = "Resolution due" if clock.metric is Metric.RESOLUTION else "Answer due"
        return noun, _due(clock, due_at)
    return ("Resolution due", _WAITING) if going else None


def sums(clocks: Sequence[Clock], *, now: datetime) -> Iterator[Block]:
    """How each clock stands: what it counts, what is used, and when it is due."""
    if not clocks:
        return
    lines = [_sum(clock, now) for clock in clocks[-_SUMS:]]
    yield SectionBlock(text=text.mrkdwn("\n".join(["*SLA*", *lines])))
    if len(clocks) > _SUMS:
        left_out = text.counted(len(clocks) - _SUMS, "earlier clock")
        yield ContextBlock(elements=[text.mrkdwn(f"{left_out} not shown; the Trace has them all.")])


def hours(counted: BusinessHours | None) -> str:
    """When time counts: `Mon-Fri 9-17 Berlin`."""
    if counted is None:
        return "around the clock"
    days = ", ".join(f"{days.title()} {_times(times)}" for days, times in counted.hours.items())
    return f"of {days} {place(counted.zone)}"


def place(zone: str) -> str:
    """`Berlin` of `Europe/Berlin`."""
    return zone.rpartition("/")[2].replace("_", " ")


def time(duration: timedelta) -> str:
    """`4 h`, `1 h 30 min`, `40 min`, rounded down to whole minutes; seconds where there is not one."""
    if duration < _MINUTE:
        return f"{duration // _SECOND}\N{NO-BREAK SPACE}s"
    count, minutes = divmod(duration // _MINUTE, 60)
    parts = [f"{count} h" if count else "", f"{minutes} min" if minutes else ""]
    return " ".join(filter(None, parts)).replace(" ", "\N{NO-BREAK SPACE}")


def _due(clock: Clock, due_at: datetime) -> str:
    date = text.slack_date(due_at)
    if clock.breached_at:
        words = f"🔥 Breached since {date}"
        return f"{words}\n{_WAITING}" if clock.is_paused else words
    return f"⏰ Due soon: {date}" if clock.warned_at else date


def _sum(clock: Clock, now: datetime) -> str:
    counts = f"{time(clock.target)} {hours(clock.hours)}"
    parts = [f"*{name(clock.metric)}*: {counts}", f"used {time(clock.used(now))}"]
    if clock.pauses:
        parts.append(f"paused {time(clock.paused(now))}")
    return ", ".join([*parts, _standing(clock, now)])


def _standing(clock: Clock, now: datetime) -> str:
    if clock.ended_at is None:
        if clock.due_at is None:
            return f"⏸️ waiting for the customer, {time(clock.target - clock.used(now))} left"
        date = text.slack_date(clock.due_at)
        return f"🔥 breached since {date}" if clock.breached_at else f"due {date}"
    ended = text.slack_date(clock.ended_at)
    if clock.outcome is Outcome.STOPPED:
        return f"stopped {ended}"
    if clock.breached_at:
        return f"🔥 late, {ended} instead of {text.slack_date(clock.breached_at)}"
    return f"✅ kept, {ended}"


def _times(written: str) -> str:
    return "-".join(part.removeprefix("0").removesuffix(":00") for part in written.split("-"))
