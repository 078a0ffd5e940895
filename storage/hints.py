"""What a broker carries: hints to entries of the outbox, never the entries themselves."""

from __future__ import annotations

from typing import NamedTuple


class Hint(NamedTuple):
    """There may be something to do: this entry was written or made ready again."""

    entry_id: int
    lane: str
    ordering_key: str | None
