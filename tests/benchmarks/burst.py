"""An outage: a thousand customers write within a minute, and Slack takes one message a second a channel.

Run it alone by `python -m tests.benchmarks.burst`.
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from bot.bench import table
from bot.bench.table import Row
from bot.clock import utc_now
from tests import desk as desk_module
from tests.acceptance import outages
from tests.acceptance.process import DeskProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desk import Desk

_PATIENCE_SECONDS = 120
_PAGES_OF = "D0ONCALL"


@dataclass(frozen=True, kw_only=True)
class Burst:
    """What a burst of mails did to Slack and to the desk."""

    mails: int
    stored: int
    """Mails that have a ticket."""
    acknowledged: int
    calls: Counter[str]
    """What Slack has taken, by method."""
    refused: int
    """What Slack has refused, as there was too much."""
    incident_cards: int
    pages: int
    digests: int
    seconds_to_card: float
    """From the first mail to the incident's card."""
    cpu_seconds: float = 0
    """Of the desk's process, its start included."""
    backlog_seconds: float
    """From the last mail until nothing waits any more."""


async def measure(desk: Desk, *, mails: int, seconds: float) -> Burst:
    """Deliver the mails evenly, then wait for the end of all work."""
    began = time()
    deliveries = []
    for number in range(1, mails + 1):
        await asyncio.sleep(max(0.0, began + number * seconds / mails - time()))
        deliveries.append(asyncio.create_task(outages.deliver(desk, number)))
    await asyncio.gather(*deliveries)
    ended = time()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await _is_busy(desk):
            await asyncio.sleep(0.05)
    return await _seen(desk, mails=mails, began=began, backlog_seconds=time() - ended)


async def _is_busy(desk: Desk) -> bool:
    async with desk.storage.reading() as uow:
        counts = await uow.outbox.counts(utc_now())
        return bool(counts.get("leased") or await uow.outbox.due_lanes(utc_now()))


async def _seen(desk: Desk, *, mails: int, began: float, backlog_seconds: float) -> Burst:
    calls = desk.sandbox.calls
    cards = outages.cards(desk)
    async with desk.storage.reading() as uow:
        unfinished = sum((await uow.emails.unfinished_counts()).values())
        newest = await uow.tickets.get(1000 + mails)
    return Burst(
        mails=mails,
        stored=newest.id - 1000 - unfinished,
        acknowledged=len({mail["to"] for mail in desk.inbox()}),
        calls=Counter(call.method for call in calls if call.ok),
        refused=sum(call.error == "ratelimited" for call in calls),
        incident_cards=len(cards),
        pages=len(desk.messages(_PAGES_OF)),
        digests=sum(bool(message.get("thread_ts")) for message in desk.messages(outages.INCIDENTS)),
        seconds_to_card=float(cards[0]["ts"]) - began,
        backlog_seconds=backlog_seconds,
    )


def rows(*, mails: int, seconds: float) -> Iterator[Row]:
    """A desk in a process of its own, with its usual pace."""
    burst = asyncio.run(_run(mails=mails, seconds=seconds))
    of = f"{mails:,} mails in {seconds:g} s"
    posted, edited = burst.calls["chat.postMessage"], burst.calls["chat.update"]
    every = f"{mails:,} without incidents"
    yield Row(
        f"{of}: tickets", f"{burst.stored:,}", f"{mails:,} mails", f"{burst.stored / mails:.0%}", "100 %"
    )
    yield Row(
        "customers with an acknowledgement",
        f"{burst.acknowledged:,}",
        f"{mails:,} customers",
        f"{burst.acknowledged / mails:.0%}",
        "100 %",
    )
    yield Row(
        "calls of Slack",
        f"{burst.calls.total()}: {posted} messages, {edited} edits; {burst.refused} refused",
        every,
        f"{burst.calls.total() / mails:.1%}",
        "at most 100 calls",
    )
    yield Row(
        "incident cards, digests in the thread, pages",
        f"{burst.incident_cards}, {burst.digests}, {burst.pages}",
        "",
        "",
        "1 card, 1 page",
    )
    yield Row("time to the incident's card", f"{burst.seconds_to_card:.1f} s", "", "", "")
    share = burst.cpu_seconds / seconds
    yield Row("CPU of the desk", f"{burst.cpu_seconds:.0f} s", f"one core for {seconds:g} s", f"{share:.0%}")
    yield Row("backlog after the last mail", f"{burst.backlog_seconds:.1f} s", "", "", "at most 10 s")


async def _run(*, mails: int, seconds: float) -> Burst:
    with tempfile.TemporaryDirectory() as folder:
        async with desk_module.sandboxed(Path(folder) / "sandbox", rate_limited=True) as sandbox:
            process = DeskProcess(sandbox, Path(folder), DESKBELL_LOG_LEVEL="warning")
            await process.start()
            try:
                burst = await measure(process.desk, mails=mails, seconds=seconds)
            finally:
                await process.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return replace(burst, cpu_seconds=used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    print(table.render(rows(mails=1_000, seconds=60)))
