"""`deskbell bench`: the figures that matter to a team, in under a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bench import databases, figures, floors, machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.bench.table import Row
    from bot.config import SupportConfig

_PILOT, _MOST = 16, 400
_HISTORY = (1_000, 20_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was measured on what."""

    machine: str
    engine: str
    rows: tuple[Row, ...]
    per_second: float
    """Mails that were stored and routed."""


async def measure(
    url: str, config: SupportConfig, *, tell: Callable[[str], None], rounds: int = 3, seconds: float = 1.5
) -> Report:
    """Measure with the rules of `config` on a database beside that of `url`.

    Triage, the slowest, takes about so many seconds a round.

    Raises:
        SettingsError: there is no room for a database of its own.
        StorageUnavailableError: the database does not answer.
    """
    version = await databases.version(url)
    size = figures.Size(rounds=rounds, mails=await _mails(url, config, seconds), history=_HISTORY)
    tell(f"Measuring {size.mails} mails a round on {version} ...")
    rows = [
        *[row async for row in figures.ingest(url, config, size)],
        *[row async for row in figures.triage(url, config, size)],
        *[row async for row in figures.outbox(url, size, workers=(1, 4))],
        *[row async for row in figures.history(url, size)],
    ]
    (both,) = [row async for row in figures.sustained(url, config, size)]
    return Report(
        machine=machine.described(version),
        engine=floors.engine(url),
        rows=(*rows, both),
        per_second=both.value or 0,
    )


async def _mails(url: str, config: SupportConfig, seconds: float) -> int:
    """How many one worker decides about in the time of a round."""
    async with figures.empty_desk(url, config) as (_, pilot):
        await pilot.take(_PILOT * 2)
        await pilot.decide(_PILOT)  # warms up
        taken = await pilot.decide(_PILOT)
    return max(_PILOT, min(_MOST, int(_PILOT * seconds / taken)))
