"""Shows on standard error how far a replay is: a moving bar on a terminal, now and then a line in a log."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from bot.replaying.runner import Progress

_BAR_LENGTH: Final = 24
_PAUSE_ON_TERMINAL: Final = 0.1
_PAUSE_IN_LOG: Final = 5.0
"""Seconds between two pictures."""


class ProgressLine:
    """One replay's line."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._clock = clock
        self._began_at = clock()
        # A log needs no line of a replay that is done within seconds.
        self._shown_at = -inf if self._is_terminal else self._began_at
        self._length = 0

    def show(self, progress: Progress) -> None:
        """Draw it, unless the last picture is so new that nobody could read it."""
        now = self._clock()
        if now - self._shown_at < (_PAUSE_ON_TERMINAL if self._is_terminal else _PAUSE_IN_LOG):
            return
        self._shown_at = now
        self._write(words(progress, seconds=now - self._began_at))

    def clear(self) -> None:
        """Leave the terminal to what comes next."""
        if self._is_terminal and self._length:
            self._stream.write(f"\r{' ' * self._length}\r")
            self._stream.flush()

    def _write(self, line: str) -> None:
        if self._is_terminal:
            self._stream.write(f"\r{line.ljust(self._length)}")
            self._length = len(line)
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()


def words(progress: Progress, *, seconds: float) -> str:
    """`[######------]  50%  500 of 1,000 mails, 250/s, 2 s left`."""
    share = progress.done / progress.total if progress.total else 1.0
    bar = "#" * int(share * _BAR_LENGTH)
    rate = progress.done / seconds if seconds > 0 else 0.0
    left = f", {_duration((progress.total - progress.done) / rate)} left" if rate else ""
    return (
        f"[{bar:-<{_BAR_LENGTH}}] {int(100 * share):3}%  "
        f"{progress.done:,} of {progress.total:,} mails, {rate:,.0f}/s{left}"
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
