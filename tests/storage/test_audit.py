from __future__ import annotations

from typing import TYPE_CHECKING

from routing.ticket import AuditEntry
from tests.storage.samples import NOW, SECOND

if TYPE_CHECKING:
    from storage.unit_of_work import Storage


async def test_a_trace_reads_from_its_first_step_to_its_last(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        await uow.audit.add("received", trace_id="trace-1", ticket_id=None, actor="deskbell", now=NOW)
        await uow.audit.add("received", trace_id="trace-2", ticket_id=None, actor="deskbell", now=NOW)
        await uow.audit.add(
            "reassigned", trace_id="trace-1", ticket_id=1042, actor="U0ANA", now=NOW + SECOND, queue="tech"
        )
        steps = await uow.audit.for_trace("trace-1")
        assert await uow.audit.for_trace("trace-1", limit=1) == steps[:1]
    assert steps == [
        AuditEntry(
            trace_id="trace-1", ticket_id=None, at=NOW, actor="deskbell", action="received", detail={}
        ),
        AuditEntry(
            trace_id="trace-1",
            ticket_id=1042,
            at=NOW + SECOND,
            actor="U0ANA",
            action="reassigned",
            detail={"queue": "tech"},
        ),
    ]


async def test_what_was_done_about_a_ticket_is_found_by_ticket_and_action(storage: Storage) -> None:
    async with storage.unit_of_work() as uow:
        for ticket_id, action, pager in (
            (1, "paged", "a"),
            (2, "paged", "b"),
            (1, "claimed", "c"),
            (1, "paged", "d"),
        ):
            await uow.audit.add(
                action, trace_id="trace-1", ticket_id=ticket_id, actor="deskbell", now=NOW, pager=pager
            )
        calls = await uow.audit.of_ticket(1, actions={"paged"})
    assert [call.detail["pager"] for call in calls] == ["a", "d"]
