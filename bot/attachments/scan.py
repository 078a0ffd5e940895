"""The effect `attachments.scan`: a stored file is looked through for viruses. Without an answer it stays pending."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from bot.attachments import alarm, archives
from bot.errors import PermanentError
from routing.attachment import AttachmentState
from storage import blobs

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.integrations.interfaces import Scanner
    from bot.services import Services
    from routing.attachment import StoredAttachment
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


class ScanAttachment:
    """An archive that the scanner would not look through to its end never reaches it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            file = await uow.attachments.get(entry.trace_id, entry.payload["position"])
        state, reason = await self._judge(file)
        return lambda uow: self._record(uow, file, state, reason)

    async def _judge(self, file: StoredAttachment) -> tuple[AttachmentState, str | None]:
        scanner = self._services.scanner
        if scanner is None:  # it was configured when the file came
            return AttachmentState.UNSCANNED, None
        try:
            found = await self._scan(scanner, file)
        except PermanentError as error:
            return AttachmentState.UNSCANNABLE, str(error)
        return (AttachmentState.INFECTED, found) if found else (AttachmentState.CLEAN, None)

    async def _scan(self, scanner: Scanner, file: StoredAttachment) -> str | None:
        with TemporaryFile() as copy:
            await blobs.spool(self._services.blobs.read(file.sha256 or ""), copy)
            await asyncio.to_thread(archives.check, copy)
            copy.seek(0)
            return await scanner.scan(copy)

    async def _record(
        self, uow: UnitOfWork, file: StoredAttachment, state: AttachmentState, reason: str | None
    ) -> None:
        await uow.attachments.judge(file, state, reason=reason, now=self._services.clock())
        await alarm.raise_for(self._services, uow, file)
