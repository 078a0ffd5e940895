"""The files of mails, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from routing.attachment import AttachmentState, StoredAttachment
from storage.blobs import Blob
from storage.errors import NotFoundError
from tests.storage.samples import NOW, open_ticket, received, stored_ticket

if TYPE_CHECKING:
    from storage.unit_of_work import Storage

BLOB = Blob("ab" * 32, 2_048)


def file(position: int = 0, trace_id: str = "trace-1", **changes: Any) -> StoredAttachment:
    values: dict[str, Any] = {
        "trace_id": trace_id,
        "position": position,
        "filename": f"{position}.pdf",
        "declared_type": "application/pdf",
        "size": 2_000,
    }
    return StoredAttachment(**values | changes)


async def add(storage: Storage, *files: StoredAttachment) -> None:
    for trace_id in {file.trace_id for file in files}:
        await storage.email_writer.remember(received(trace_id))
    async with storage.unit_of_work() as uow:
        await uow.attachments.add(files)
        await uow.commit()


async def test_files_come_back_in_their_order(storage: Storage) -> None:
    await add(storage, file(1), file(0), file(0, "trace-2"))
    async with storage.reading() as uow:
        assert await uow.attachments.of_mail("trace-1") == [file(0), file(1)]
        assert await uow.attachments.get("trace-1", 1) == file(1)


async def test_a_mail_without_files_has_none(storage: Storage) -> None:
    await add(storage)
    async with storage.reading() as uow:
        assert await uow.attachments.of_mail("trace-1") == []
        with pytest.raises(NotFoundError):
            await uow.attachments.get("trace-1", 0)


async def test_a_file_that_is_known_stays_as_it_is(storage: Storage) -> None:
    await add(storage, file(0))
    async with storage.unit_of_work() as uow:
        await uow.attachments.reject(file(0), reason="its type is text/html")
        await uow.attachments.add([file(0), file(1)])
        states = [found.state for found in await uow.attachments.of_mail("trace-1")]
    assert states == [AttachmentState.REJECTED, AttachmentState.PENDING]


async def test_a_file_is_stored_then_judged(storage: Storage) -> None:
    await add(storage, file(0), file(1))
    async with storage.unit_of_work() as uow:
        await uow.attachments.keep(
            file(0), BLOB, detected_type="application/zip", state=AttachmentState.PENDING
        )
        await uow.attachments.judge(file(0), AttachmentState.INFECTED, reason="Some.Virus", now=NOW)
        kept, other = await uow.attachments.of_mail("trace-1")
    assert (kept.sha256, kept.size, kept.detected_type) == (*BLOB, "application/zip")
    assert (kept.state, kept.reason, kept.scanned_at) == (AttachmentState.INFECTED, "Some.Virus", NOW)
    assert other == file(1)


async def test_a_ticket_knows_the_files_that_nobody_gets(storage: Storage) -> None:
    ticket = await stored_ticket(storage)
    await add(
        storage,
        file(0, state=AttachmentState.CLEAN),
        file(1, state=AttachmentState.INFECTED),
        file(0, "trace-2", state=AttachmentState.REJECTED),
        file(0, "trace-3", state=AttachmentState.UNSCANNABLE),
        file(0, "trace-4", state=AttachmentState.INFECTED),
    )
    async with storage.unit_of_work() as uow:
        other = await open_ticket(uow, "trace-3")
        await uow.relations.merge(other.id, into_id=ticket.id, agent_id="U1", now=NOW)
        for trace_id, ticket_id in (("trace-1", ticket.id), ("trace-2", ticket.id), ("trace-3", other.id)):
            await uow.emails.finish(trace_id, ticket_id=ticket_id)
        found = await uow.attachments.alarming(ticket.id, limit=10)
        first = await uow.attachments.alarming(ticket.id, limit=1)
    assert sorted((alarm.trace_id, alarm.position) for alarm in found) == [
        ("trace-1", 1),
        ("trace-2", 0),
        ("trace-3", 0),
    ]
    assert len(first) == 1
