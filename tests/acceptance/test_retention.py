"""What is over and done is forgotten after its time, by a run that plans the next one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import utc_now
from bot.effects import Kind
from tests import desk as desk_module

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from storage.unit_of_work import Storage


async def waiting_runs(storage: Storage) -> list[timedelta]:
    """How far ahead the next runs are."""
    async with storage.reading() as uow:
        runs = await uow.outbox.for_trace("retention")
    return [run.due_at - utc_now() for run in runs if run.state == "ready"]


async def test_effects_of_last_month_are_forgotten_and_the_audit_trail_stays(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await desk.deliver()
        await desk.settle()
    later = timedelta(days=40)
    async with (
        asyncio.timeout(15),
        desk_module.running(sandbox, tmp_path, clock=lambda: utc_now() + later) as desk,
    ):
        while not any(
            later < ahead < later + timedelta(days=2) for ahead in await waiting_runs(desk.storage)
        ):
            await asyncio.sleep(0.01)
        async with desk.storage.reading() as uow:
            trace_id = (await uow.tickets.get(1001)).trace_id
            left = {entry.kind for entry in await uow.outbox.for_trace(trace_id)}
            assert not left & {Kind.TRIAGE, Kind.POST_CARD, Kind.ACKNOWLEDGE}
            assert [entry.action for entry in await uow.audit.for_trace(trace_id)] != []
