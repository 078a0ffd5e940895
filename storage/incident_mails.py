"""What leads write to all requesters of an incident, and how far each mail of it is.

A mail is `waiting`, then `queued` in the outbox, then `sending` just before it leaves, then `sent` or `refused`.
One that is found `sending` after a crash may have left: it is `unclear`, and never sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, literal, select, update

from routing.ticket import TicketState
from storage import schema
from storage.errors import NotFoundError
from storage.schema import incident_mails, incident_tickets, incident_updates, tickets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class MailState(StrEnum):
    """How far a mail is; stored strings, stable for ever."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"


_IS_WAITING = schema.is_in_state(incident_mails.c.state, MailState.WAITING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """What a lead has written."""

    id: int
    incident_id: int
    author: str
    body: str
    created_at: datetime


class IncidentMails:
    """The updates and their mails as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(self, incident_id: int, *, author: str, body: str, now: datetime) -> Update:
        """Write an update, with one mail for each requester of an open ticket that waits to be sent."""
        row = (
            await self._connection.execute(
                insert(incident_updates)
                .values(incident_id=incident_id, author=author, body=body, created_at=now)
                .returning(incident_updates)
            )
        ).one()
        mails = self._recipients(incident_id).with_only_columns(
            literal(row.id), func.min(tickets.c.id), literal(MailState.WAITING)
        )
        await self._connection.execute(
            insert(incident_mails).from_select(["update_id", "ticket_id", "state"], mails)
        )
        return Update(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping

    async def recipients(self, incident_id: int) -> int:
        """How many requesters its open tickets have."""
        people = self._recipients(incident_id).subquery()
        return int(await self._connection.scalar(select(func.count()).select_from(people)) or 0)

    @staticmethod
    def _recipients(incident_id: int):  # type: ignore[no-untyped-def] # noqa: ANN205 - a select of no fixed columns
        """Each address once, however many tickets it has."""
        return (
            select(tickets.c.requester_email)
            .join(incident_tickets, incident_tickets.c.ticket_id == tickets.c.id)
            .where(
                incident_tickets.c.incident_id == incident_id,
                tickets.c.state == TicketState.OPEN,
                tickets.c.requester_email != "",
            )
            .group_by(tickets.c.requester_email)
        )

    async def get(self, update_id: int) -> Update:
        """One update.

        Raises:
            NotFoundError: there is none.
        """
        row = (
            await self._connection.execute(select(incident_updates).where(incident_updates.c.id == update_id))
        ).first()
        if row is None:
            raise NotFoundError(f"there is no update {update_id}")
        return Update(**row._mapping)  # noqa: SLF001 - as above

    async def newest(self, incident_id: int) -> Update | None:
        """What was written last."""
        row = (
            await self._connection.execute(
                select(incident_updates)
                .where(incident_updates.c.incident_id == incident_id)
                .order_by(incident_updates.c.id.desc())
                .limit(1)
            )
        ).first()
        return Update(**row._mapping) if row else None  # noqa: SLF001 - as above

    async def take(self, update_id: int, *, limit: int) -> list[int]:
        """The next tickets whose mails go to the outbox."""
        rows = await self._connection.scalars(
            select(incident_mails.c.ticket_id)
            .where(incident_mails.c.update_id == update_id, _IS_WAITING)
            .order_by(incident_mails.c.ticket_id)
            .limit(limit)
            .with_for_update()
        )
        chosen = list(rows)
        await self._connection.execute(
            update(incident_mails)
            .where(incident_mails.c.update_id == update_id, incident_mails.c.ticket_id.in_(chosen))
            .values(state=MailState.QUEUED)
        )
        return chosen

    async def step(
        self, update_id: int, ticket_id: int, *, expected: MailState, to: MailState, reason: str | None = None
    ) -> bool:
        """Go from one state to the next; False when the mail is in another one."""
        result = await self._connection.execute(
            update(incident_mails)
            .where(
                and_(
                    incident_mails.c.update_id == update_id,
                    incident_mails.c.ticket_id == ticket_id,
                    incident_mails.c.state == expected,
                )
            )
            .values(state=to, reason=reason)
        )
        return result.rowcount == 1

    async def state(self, update_id: int, ticket_id: int) -> MailState:
        """How far one mail is."""
        state = await self._connection.scalar(
            select(incident_mails.c.state).where(
                incident_mails.c.update_id == update_id, incident_mails.c.ticket_id == ticket_id
            )
        )
        return MailState(str(state))

    async def progress(self, update_id: int) -> dict[tuple[MailState, str], int]:
        """How many mails are in each state, and why."""
        rows = await self._connection.execute(
            select(incident_mails.c.state, incident_mails.c.reason, func.count())
            .where(incident_mails.c.update_id == update_id)
            .group_by(incident_mails.c.state, incident_mails.c.reason)
            .order_by(func.count().desc())
        )
        return {(MailState(state), reason or ""): count for state, reason, count in rows}
