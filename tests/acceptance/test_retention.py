"""What is over and done is forgotten after its time, by a run that plans the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.effects import Kind
from tests import desk as desk_module
from tests.desk import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox


async def test_effects_of_last_month_are_forgotten_and_the_audit_trail_stays(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await desk.deliver()
        await desk.settle()
    assert isinstance(sandbox.now, Watch)
    sandbox.now.put_forward(timedelta(days=40))
    async with desk_module.running(sandbox, tmp_path) as desk:
        await desk.settle()
        async with desk.storage.reading() as uow:
            trace_id = (await uow.tickets.get(1001)).trace_id
            left = {entry.kind for entry in await uow.outbox.for_trace(trace_id)}
            assert not left & {Kind.TRIAGE, Kind.POST_CARD, Kind.ACKNOWLEDGE}
            assert [entry.action for entry in await uow.audit.for_trace(trace_id)] != []
            runs = await uow.outbox.for_trace("retention")
        (next_run,) = [run for run in runs if run.state == "ready"]
        assert timedelta(0) < next_run.due_at - sandbox.now() < timedelta(days=2)
