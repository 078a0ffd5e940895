"""The hints that a broker has delivered here and that are not acknowledged yet."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.integrations.interfaces import Delivery
    from storage.wakeup import Wakeup

_MOST_WAITING = 32
"""Hints that wait for room in their lane; a broker hands out more than these, so that other lanes have theirs."""
_REMEMBERED = 4096


class Deliveries:
    """What is delivered, begun and settled here.

    A hint is acknowledged when the work on its entry is committed, or when there is none: another worker has it, it
    is done, it is due later. When many wait for full lanes the oldest of them are acknowledged, too: the worker looks
    into such a lane anyway as long as anything is due in it, and a dead one must not keep the hints of others away.
    """

    def __init__(self, wakeup: Wakeup) -> None:
        self._wakeup = wakeup
        self._waiting: dict[int, Delivery] = {}
        self._running: dict[int, Delivery | None] = {}
        self._done: OrderedDict[int, None] = OrderedDict()
        self.settled: asyncio.Queue[Delivery] = asyncio.Queue()
        """What is to be acknowledged."""

    def arrived(self, delivery: Delivery) -> None:
        """Take a hint; one of an entry that is known already does nothing."""
        entry_id = delivery.hint.entry_id
        if entry_id in self._done:
            self.settled.put_nowait(delivery)
        elif entry_id in self._running:
            self._settle(self._running[entry_id])
            self._running[entry_id] = delivery
        else:
            self._settle(self._waiting.pop(entry_id, None))
            self._waiting[entry_id] = delivery
            self._wakeup.set(delivery.hint.lane)
            while len(self._waiting) > _MOST_WAITING:
                self._settle(self._waiting.pop(next(iter(self._waiting))))

    def waiting(self) -> Sequence[int]:
        """The entries that a look into the outbox beginning now will see."""
        return tuple(self._waiting)

    def started(self, entry_ids: Iterable[int]) -> None:
        """This worker has claimed them."""
        for entry_id in entry_ids:
            self._running[entry_id] = self._waiting.pop(entry_id, None)

    def looked(self, seen: Sequence[int], *, is_full: Callable[[str], bool]) -> None:
        """A look has taken all that could be taken, except from lanes that are full."""
        for entry_id in seen:
            delivery = self._waiting.get(entry_id)
            if delivery is not None and not is_full(delivery.hint.lane):
                self._settle(self._waiting.pop(entry_id))

    def done(self, entry_id: int) -> None:
        """An entry is performed for good: any further hint at it is stale."""
        self._done[entry_id] = None
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    def ended(self, entry_id: int) -> None:
        """What came of an entry is committed, or its lease brings it back."""
        self._settle(self._running.pop(entry_id, None))

    def give_up(self) -> Sequence[Delivery]:
        """All that is held; somebody else shall have it."""
        held = [*self._waiting.values(), *(one for one in self._running.values() if one is not None)]
        self._waiting.clear()
        self._running = dict.fromkeys(self._running)
        return held

    def _settle(self, delivery: Delivery | None) -> None:
        if delivery is not None:
            self.settled.put_nowait(delivery)
