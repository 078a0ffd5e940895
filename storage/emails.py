"""Stored mails: the raw body, what was read out of it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, update

from routing.decision import RoutingDecision
from routing.email import InboundEmail
from storage.errors import NotFoundError
from storage.schema import emails

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

IN_FLIGHT, DONE, PARKED = "in_flight", "done", "parked"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEmail:
    """One mail as it lies in the database."""

    id: int
    trace_id: str
    tenant: str
    source: str
    provider: str
    content_type: str
    raw: bytes
    email: InboundEmail | None
    parse_error: str | None
    received_at: datetime
    state: str
    reason: str | None
    """Why it was parked."""
    ticket_id: int | None
    decision: RoutingDecision | None


class Emails:
    """The stored mails as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, trace_id: str) -> StoredEmail:
        """The mail of a trace.

        Raises:
            NotFoundError: there is none.
        """
        row = (await self._connection.execute(select(emails).where(emails.c.trace_id == trace_id))).first()
        if row is None:
            raise NotFoundError(f"no mail has the trace id {trace_id}")
        return _stored(row)

    async def opening(self, ticket_id: int) -> StoredEmail:
        """The mail that opened a ticket."""
        row = (
            await self._connection.execute(
                select(emails).where(emails.c.ticket_id == ticket_id).order_by(emails.c.id).limit(1)
            )
        ).first()
        if row is None:
            raise NotFoundError(f"no mail belongs to ticket {ticket_id}")
        return _stored(row)

    async def finish(
        self,
        trace_id: str,
        *,
        ticket_id: int | None,
        decision: RoutingDecision | None = None,
        email: InboundEmail | None = None,
    ) -> None:
        """The mail is part of a ticket; `email` replaces the normalised mail where triage completed it."""
        values: dict[str, Any] = {"state": DONE, "ticket_id": ticket_id}
        if decision is not None:
            values["decision"] = decision.model_dump_json()
        if email is not None:
            values["normalised"] = email.model_dump_json()
        await self._connection.execute(update(emails).where(emails.c.trace_id == trace_id).values(values))

    async def park(self, trace_id: str, reason: str) -> None:
        """The mail waits for a person, who is told why."""
        await self._connection.execute(
            update(emails).where(emails.c.trace_id == trace_id).values(state=PARKED, reason=reason)
        )

    async def unfinished_counts(self) -> dict[str, int]:
        """Mails that are in flight or parked; done ones are not counted, there may be millions."""
        rows = await self._connection.execute(
            select(emails.c.state, func.count())
            .where(emails.c.state != literal(DONE, literal_execute=True))
            .group_by(emails.c.state)
        )
        return dict(rows.all())


def _stored(row: Row[Any]) -> StoredEmail:
    return StoredEmail(
        id=row.id,
        trace_id=row.trace_id,
        tenant=row.tenant,
        source=row.source,
        provider=row.provider,
        content_type=row.content_type,
        raw=row.raw,
        email=InboundEmail.model_validate_json(row.normalised) if row.normalised else None,
        parse_error=row.parse_error,
        received_at=row.received_at,
        state=row.state,
        reason=row.reason,
        ticket_id=row.ticket_id,
        decision=RoutingDecision.model_validate_json(row.decision) if row.decision else None,
    )
