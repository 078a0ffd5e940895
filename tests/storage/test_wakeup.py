"""What the outbox worker hears when it is woken."""

from __future__ import annotations

from storage.wakeup import Wakeup


async def test_a_wakeup_before_the_wait_counts_once_and_names_its_lanes() -> None:
    wakeup = Wakeup()
    wakeup.set("triage")
    wakeup.set()
    assert await wakeup.wait(3600) == {"triage", None}
    assert await wakeup.wait(0) == set()
