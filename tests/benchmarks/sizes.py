"""How much a run does: in a test, by hand, and where one has half an hour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """The sizes of one kind of run."""

    rounds: int
    """Figures and floors take turns so many times; the median is shown."""
    seconds: float
    """Of one turn of the HTTP servers."""
    runs: int
    """Of what takes microseconds."""
    mails: int
    """Stored and decided in a turn."""
    replayed: int
    history: tuple[int, ...]
    """Rows of history in the outbox."""
    timers: int
    rates: tuple[int, ...]
    """Mails a second, in an open loop."""
    patience: float
    """Seconds for which a rate is kept up, or an idle desk is watched."""
    memory: tuple[int, ...]
    """After how many mails the memory is looked at."""


SMALL = Size(
    rounds=1,
    seconds=0.05,
    runs=2,
    mails=8,
    replayed=40,
    history=(10, 20),
    timers=10,
    rates=(10,),
    patience=0.5,
    memory=(50, 100),
)
NORMAL = Size(
    rounds=5,
    seconds=2,
    runs=500,
    mails=400,
    replayed=100_000,
    history=(1_000, 10_000, 100_000),
    timers=10_000,
    rates=(1, 10, 50),
    patience=20,
    memory=(1_000, 10_000),
)
FULL = Size(
    rounds=7,
    seconds=2,
    runs=500,
    mails=1_000,
    replayed=100_000,
    history=(1_000, 10_000, 100_000, 1_000_000),
    timers=10_000,
    rates=(1, 10, 50),
    patience=20,
    memory=(10_000, 100_000),
)
