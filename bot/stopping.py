"""That this process is about to end: said to it once, heard by all of its parts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DRAIN = timedelta(seconds=2)
"""How long a process that is not ready any more goes on accepting: a load balancer needs a moment to see it."""

REQUESTS_END_WITHIN = timedelta(seconds=8)
"""How long open requests may take to end after that."""

LISTENERS_END_WITHIN = timedelta(seconds=5)
"""How long what people pressed may take to end, after the requests."""

EFFECTS_END_WITHIN = timedelta(seconds=16)
"""How long effects may take to end, counted from the signal; then their leases are given back. All of this fits into
the 25 seconds that are promised to a supervisor, and those into the 30 after which Kubernetes kills."""

TRANSPORT_ENDS_WITHIN = timedelta(seconds=2)
"""How long each of the last words to a broker may take."""


class Stopping:
    """Begins once, and is never taken back."""

    def __init__(self) -> None:
        self.has_begun = False
        self._parts: list[Callable[[], None]] = []

    def tell(self, part: Callable[[], None]) -> None:
        """Call `part` when it begins."""
        self._parts.append(part)

    def begin(self) -> None:
        self.has_begun = True
        for part in self._parts:
            part()
