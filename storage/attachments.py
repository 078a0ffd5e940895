"""The files of mails: which there are, where their bytes lie in the blob store, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.attachment import ALARMING, AttachmentState, StoredAttachment
from storage import relations
from storage.errors import NotFoundError
from storage.schema import attachments, emails

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.blobs import Blob


class Attachments:
    """The files as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, files: Sequence[StoredAttachment]) -> None:
        """Write down files that are to be stored; those that are known already stay as they are."""
        if not files:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        await self._connection.execute(
            dialect.insert(attachments).on_conflict_do_nothing(index_elements=["trace_id", "position"]),
            [{column.name: getattr(file, column.name) for column in attachments.columns} for file in files],
        )

    async def get(self, trace_id: str, position: int) -> StoredAttachment:
        """One file.

        Raises:
            NotFoundError: nobody wrote it down.
        """
        found = await self._select(select(attachments).where(_is(trace_id, position)))
        if not found:
            raise NotFoundError(f"the mail {trace_id} has no attachment {position}")
        return found[0]

    async def of_mail(self, trace_id: str) -> list[StoredAttachment]:
        """All files of a mail in their order."""
        return await self._select(
            select(attachments).where(attachments.c.trace_id == trace_id).order_by(attachments.c.position)
        )

    async def alarming(self, ticket_id: int, *, limit: int) -> list[StoredAttachment]:
        """Files that nobody gets, of any mail of the ticket and of those merged into it; oldest first."""
        return await self._select(
            select(attachments)
            .join(emails, emails.c.trace_id == attachments.c.trace_id)
            .where(emails.c.ticket_id.in_(relations.ids_of(ticket_id)), attachments.c.state.in_(ALARMING))
            .order_by(emails.c.id, attachments.c.position)
            .limit(limit)
        )

    async def keep(
        self, file: StoredAttachment, blob: Blob, *, detected_type: str, state: AttachmentState
    ) -> None:
        """Its bytes are in the blob store for good."""
        await self._update(
            file, sha256=blob.sha256, size=blob.size, detected_type=detected_type, state=state, reason=None
        )

    async def reject(self, file: StoredAttachment, *, reason: str) -> None:
        """Its bytes are not kept."""
        await self._update(file, state=AttachmentState.REJECTED, reason=reason)

    async def judge(
        self, file: StoredAttachment, state: AttachmentState, *, reason: str | None, now: datetime
    ) -> None:
        """What the scanner says."""
        await self._update(file, state=state, reason=reason, scanned_at=now)

    async def _update(self, file: StoredAttachment, **values: Any) -> None:
        await self._connection.execute(
            update(attachments).where(_is(file.trace_id, file.position)).values(values)
        )

    async def _select(self, statement: Select[Any]) -> list[StoredAttachment]:
        return [_attachment(row) for row in await self._connection.execute(statement)]


def _is(trace_id: str, position: int) -> ColumnElement[bool]:
    return (attachments.c.trace_id == trace_id) & (attachments.c.position == position)


def _attachment(row: Row[Any]) -> StoredAttachment:
    values = row._asdict()
    return StoredAttachment(**values | {"state": AttachmentState(row.state)})
