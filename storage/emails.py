"""Stored mails: the raw body, what was read out of it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, update

from routing.circumstances import Circumstances
from routing.decision import RoutingDecision
from routing.email import InboundEmail
from storage import schema
from storage.errors import NotFoundError
from storage.received_statements import TRIAGE_KIND
from storage.schema import emails, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

IN_FLIGHT, DONE, PARKED = "in_flight", "done", "parked"

_IS_UNFINISHED = emails.c.state != literal(DONE, literal_execute=True)
"""As the partial index says it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEmail:
    """One mail as it lies in the database."""

    id: int
    trace_id: str
    tenant: str
    source: str
    provider: str
    content_type: str
    email: InboundEmail | None
    parse_error: str | None
    received_at: datetime
    state: str
    reason: str | None
    """Why it was parked."""
    ticket_id: int | None
    decision: RoutingDecision | None
    circumstances: Circumstances | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParkedEmail:
    """What a person must know of a parked mail to decide about it."""

    trace_id: str
    reason: str
    received_at: datetime
    email: InboundEmail | None
    """None where it could not be read."""


_WITHOUT_RAW = [column for column in emails.c if column is not emails.c.raw]


class Emails:
    """The stored mails as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, trace_id: str) -> StoredEmail:
        """The mail of a trace, without its raw body, which may be large and few look at.

        Raises:
            NotFoundError: there is none.
        """
        row = (
            await self._connection.execute(select(*_WITHOUT_RAW).where(emails.c.trace_id == trace_id))
        ).first()
        if row is None:
            raise NotFoundError(f"no mail has the trace id {trace_id}")
        return _stored(row)

    async def raw(self, trace_id: str) -> bytes:
        """The body as it came; empty where there is none."""
        raw: bytes | None = await self._connection.scalar(
            select(emails.c.raw).where(emails.c.trace_id == trace_id)
        )
        return raw or b""

    async def finish(
        self,
        trace_id: str,
        *,
        ticket_id: int | None,
        decision: RoutingDecision | None = None,
        circumstances: Circumstances | None = None,
        email: InboundEmail | None = None,
    ) -> None:
        """The mail is part of a ticket; `email` replaces the normalised mail where triage completed it."""
        values: dict[str, Any] = {"state": DONE, "ticket_id": ticket_id}
        if decision is not None:
            values["decision"] = decision.model_dump_json()
        if circumstances is not None:
            values["circumstances"] = circumstances.model_dump_json()
        if email is not None:
            values["normalised"] = email.model_dump_json()
        await self._connection.execute(update(emails).where(emails.c.trace_id == trace_id).values(values))

    async def park(self, trace_id: str, reason: str) -> None:
        """The mail waits for a person, who is told why."""
        await self._connection.execute(
            update(emails).where(emails.c.trace_id == trace_id).values(state=PARKED, reason=reason)
        )

    async def release(self, trace_id: str) -> bool:
        """A parked mail is on its way again; False when it is not parked any more."""
        result = await self._connection.execute(
            update(emails)
            .where(emails.c.trace_id == trace_id, schema.is_in_state(emails.c.state, PARKED))
            .values(state=IN_FLIGHT, reason=None)
        )
        return result.rowcount == 1

    async def parked(self, *, limit: int) -> list[ParkedEmail]:
        """The newest parked mails, without the bytes that came in."""
        rows = await self._connection.execute(
            select(emails.c.trace_id, emails.c.reason, emails.c.received_at, emails.c.normalised)
            .where(_IS_UNFINISHED, schema.is_in_state(emails.c.state, PARKED))
            .order_by(emails.c.id.desc())
            .limit(limit)
        )
        return [
            ParkedEmail(
                trace_id=row.trace_id,
                reason=row.reason,
                received_at=row.received_at,
                email=InboundEmail.model_validate_json(row.normalised) if row.normalised else None,
            )
            for row in rows
        ]

    async def stray(self, *, limit: int) -> list[str]:
        """Trace ids of mails that are in flight although no triage waits for them: there must be none."""
        triage = (
            select(literal(1))
            .where(
                outbox.c.trace_id == emails.c.trace_id, outbox.c.kind == TRIAGE_KIND, outbox.c.state != "done"
            )
            .exists()
        )
        rows = await self._connection.scalars(
            select(emails.c.trace_id)
            .where(
                emails.c.state != literal(DONE, literal_execute=True),
                emails.c.state == IN_FLIGHT,
                ~triage,
            )
            .limit(limit)
        )
        return list(rows)

    async def decided_since(self, since: datetime) -> int:
        """How many mails that came in since then were routed."""
        count: int | None = await self._connection.scalar(
            select(func.count()).where(emails.c.decision.is_not(None), emails.c.received_at >= since)
        )
        return count or 0

    async def unfinished_counts(self) -> dict[str, int]:
        """Mails that are in flight or parked; done ones are not counted, there may be millions."""
        rows = await self._connection.execute(
            select(emails.c.state, func.count()).where(_IS_UNFINISHED).group_by(emails.c.state)
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
        email=InboundEmail.model_validate_json(row.normalised) if row.normalised else None,
        parse_error=row.parse_error,
        received_at=row.received_at,
        state=row.state,
        reason=row.reason,
        ticket_id=row.ticket_id,
        decision=RoutingDecision.model_validate_json(row.decision) if row.decision else None,
        circumstances=Circumstances.model_validate_json(row.circumstances) if row.circumstances else None,
    )
