"""The files of a mail that has become part of a ticket: each is written down and goes its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from routing.attachment import AttachmentState, StoredAttachment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.services import Services
    from routing.email import Attachment
    from storage.unit_of_work import UnitOfWork


async def expect(services: Services, uow: UnitOfWork, trace_id: str, sent: Sequence[Attachment]) -> None:
    """Write the files down, and have each stored once; a mail that changes its ticket brings nothing new."""
    most = services.config.attachments.max_count
    files = [_expected(trace_id, position, file, most) for position, file in enumerate(sent)]
    await uow.attachments.add(files)
    for file in files:
        if file.state is AttachmentState.PENDING:
            await effects.store_attachment(uow, file, now=services.clock())


def _expected(trace_id: str, position: int, file: Attachment, most: int) -> StoredAttachment:
    is_too_many = position >= most
    return StoredAttachment(
        trace_id=trace_id,
        position=position,
        filename=file.filename,
        declared_type=file.content_type,
        size=file.size,
        state=AttachmentState.REJECTED if is_too_many else AttachmentState.PENDING,
        reason=f"the mail has more than {most} files" if is_too_many else None,
    )
