"""The effect `attachments.store`: one file's bytes go to the blob store, if they are wanted there."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot import effects
from bot.attachments import alarm, detection
from bot.errors import PermanentError
from bot.intake.providers import PROVIDERS
from routing.attachment import AttachmentState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config_attachments import Attachments
    from bot.services import Services
    from routing.attachment import StoredAttachment
    from storage.blobs import Blob
    from storage.emails import StoredEmail
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


class StoreAttachment:
    """Bytes come from the stored body, or from where the provider keeps them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> effects.Record:
        async with self._services.storage.reading() as uow:
            stored, raw = await uow.emails.get(entry.trace_id), await uow.emails.raw(entry.trace_id)
            file = await uow.attachments.get(entry.trace_id, entry.payload["position"])
        try:
            async with self._content(stored, raw, file) as content:
                detected, blob = await self._keep(content)
        except PermanentError as error:
            reason = str(error)
            return lambda uow: self._reject(uow, file, reason)
        return lambda uow: self._kept(uow, file, blob, detected)

    @asynccontextmanager
    async def _content(
        self, stored: StoredEmail, raw: bytes, file: StoredAttachment
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        read = PROVIDERS[stored.provider].attachment_content
        body = await asyncio.to_thread(read, raw, file.position)
        url = stored.email.attachments[file.position].url if stored.email else None
        if body is not None:
            yield _single(body)
        elif url:
            async with self._services.file_fetcher.open(url) as chunks:
                yield chunks
        else:
            raise PermanentError("the provider did not send its content")

    async def _keep(self, content: AsyncIterator[bytes]) -> tuple[str, Blob]:
        limits = self._services.config.attachments
        content = _limited(content, limits)
        head = await _head(content)
        detected = await asyncio.to_thread(detection.detect, head[: detection.HEAD])
        if not limits.allows(detected):
            raise PermanentError(f"its type is {detected}")
        return detected, await self._services.blobs.put(_joined(head, content))

    async def _reject(self, uow: UnitOfWork, file: StoredAttachment, reason: str) -> None:
        await uow.attachments.reject(file, reason=reason)
        await alarm.raise_for(self._services, uow, file)

    async def _kept(self, uow: UnitOfWork, file: StoredAttachment, blob: Blob, detected: str) -> None:
        is_scanned = self._services.scanner is not None
        state = AttachmentState.PENDING if is_scanned else AttachmentState.UNSCANNED
        await uow.attachments.keep(file, blob, detected_type=detected, state=state)
        if is_scanned:
            await effects.scan_attachment(uow, file, now=self._services.clock())


async def _single(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _limited(content: AsyncIterator[bytes], limits: Attachments) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in content:
        size += len(chunk)
        if size > limits.max_size:
            raise PermanentError(f"it is larger than {limits.max_size // 1024:,} KB")
        yield chunk


async def _head(content: AsyncIterator[bytes]) -> bytes:
    """The first chunks, enough to tell what it is."""
    head = b""
    async for chunk in content:
        head += chunk
        if len(head) >= detection.HEAD:
            break
    return head


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk
