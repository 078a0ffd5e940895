"""Fills the trace page from the storage."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from bot.intake.providers import PROVIDERS
from bot.web.trace_view import Download, MailState, Outgoing, OutgoingState, Step, Trace
from storage.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.services import Services
    from routing.attachment import StoredAttachment
    from routing.ticket import AuditEntry
    from storage.emails import StoredEmail
    from storage.outbox import OutboxEntry


class StoredTraces:
    """The TraceSource over the storage."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def trace(self, trace_id: str) -> Trace | None:
        async with self._services.storage.reading() as uow:
            try:
                stored = await uow.emails.get(trace_id)
            except NotFoundError:
                return None
            raw = await uow.emails.raw(trace_id)
            audit = await uow.audit.for_trace(trace_id)
            outgoing = await uow.outbox.for_trace(trace_id)
            files = await uow.attachments.of_mail(trace_id)
        return self._view(stored, raw, audit, outgoing, files)

    def _view(
        self,
        stored: StoredEmail,
        raw: bytes,
        audit: list[AuditEntry],
        outgoing: list[OutboxEntry],
        files: list[StoredAttachment],
    ) -> Trace:
        ticket_id = stored.ticket_id
        return Trace(
            trace_id=stored.trace_id,
            tenant=stored.tenant,
            source=stored.source,
            provider=stored.provider,
            received_at=stored.received_at,
            state="unparseable" if stored.parse_error else cast("MailState", stored.state),
            content_type=stored.content_type,
            raw=raw,
            parse_error=stored.parse_error,
            email=stored.email,
            files={file.position: file for file in files},
            decision=stored.decision,
            lookup=stored.circumstances.lookup if stored.circumstances else None,
            ticket_reference=self._services.reference(ticket_id) if ticket_id else None,
            ticket_id=ticket_id,
            timeline=tuple(
                Step(at=entry.at, actor=entry.actor, action=entry.action, detail=entry.detail)
                for entry in audit
            ),
            outgoing=tuple(_outgoing(entry) for entry in outgoing),
        )

    async def attachment(self, trace_id: str, position: int) -> Download | None:
        async with self._services.storage.reading() as uow:
            try:
                file = await uow.attachments.get(trace_id, position)
            except NotFoundError:
                return None
        if not file.is_downloadable or file.sha256 is None:
            return None
        if await self._services.blobs.has(file.sha256):
            chunks = self._services.blobs.read(file.sha256)
            return Download(filename=file.filename, size=file.size, chunks=chunks)
        return await self._from_body(file)

    async def _from_body(self, file: StoredAttachment) -> Download | None:
        """For a blob that was lost: the mail itself is kept as well."""
        async with self._services.storage.reading() as uow:
            stored = await uow.emails.get(file.trace_id)
            raw = await uow.emails.raw(file.trace_id)
        read = PROVIDERS[stored.provider].attachment_content
        content = await asyncio.to_thread(read, raw, file.position)
        if content is None:
            return None
        return Download(filename=file.filename, size=len(content), chunks=_single(content))


async def _single(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _outgoing(entry: OutboxEntry) -> Outgoing:
    return Outgoing(
        kind=entry.kind,
        lane=entry.lane,
        state=cast("OutgoingState", entry.state),
        attempts=entry.attempts,
        due_at=entry.due_at,
        done_at=entry.done_at,
        last_error=entry.last_error,
    )
