"""What leads write to all requesters of an incident, and how far each mail of it is.

A mail is `waiting`, then `queued` in the outbox, then `sending` just before it leaves, then `sent` or `refused`.
One that is found `sending` after a crash may have left: it is `unclear`, and never sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, insert, literal, select, update

from routing.incidents import IncidentState
from routing.ticket import TicketState
from storage import schema
from storage.errors import NotFoundError
from storage.schema import incident_mails, incident_tickets, incident_updates, incidents, tickets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
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
    sent_at: datetime | None
    """None while it is a draft."""


class IncidentMails:
    """The updates and their mails as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def draft(self, incident_id: int, *, author: str) -> Update | None:
        """What a person has written and not sent."""
        return await self._newest(
            and_(
                incident_updates.c.incident_id == incident_id,
                incident_updates.c.author == author,
                incident_updates.c.sent_at.is_(None),
            )
        )

    async def save_draft(self, incident_id: int, *, author: str, body: str) -> int:
        """Keep what a person writes until it is sent; gives the number of the update."""
        if known := await self.draft(incident_id, author=author):
            await self._connection.execute(
                update(incident_updates).where(incident_updates.c.id == known.id).values(body=body)
            )
            return known.id
        statement = (
            insert(incident_updates)
            .values(incident_id=incident_id, author=author, body=body)
            .returning(incident_updates.c.id)
        )
        return int((await self._connection.execute(statement)).scalar_one())

    async def send(self, update_id: int, *, now: datetime) -> int | None:
        """Give each requester of an open ticket a mail that waits; how many, or None if it was sent before."""
        sent = await self._connection.execute(
            update(incident_updates)
            .where(incident_updates.c.id == update_id, incident_updates.c.sent_at.is_(None))
            .values(sent_at=now)
            .returning(incident_updates.c.incident_id)
        )
        incident_id = sent.scalar()
        if incident_id is None:
            return None
        mails = self._recipients(incident_id).with_only_columns(
            literal(update_id), func.min(tickets.c.id), literal(MailState.WAITING.value)
        )
        added = await self._connection.execute(
            insert(incident_mails).from_select(["update_id", "ticket_id", "state"], mails)
        )
        return int(added.rowcount)

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
        return Update(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping

    async def newest(self, incident_id: int) -> Update | None:
        """What was sent last."""
        return await self._newest(
            and_(incident_updates.c.incident_id == incident_id, incident_updates.c.sent_at.is_not(None))
        )

    async def text_for(self, ticket_id: int) -> str:
        """What was sent last to the requesters of the open incident of a ticket; empty where nothing was."""
        incident = (
            select(incident_tickets.c.incident_id)
            .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
            .where(incident_tickets.c.ticket_id == ticket_id, incidents.c.state == IncidentState.OPEN)
        )
        update = await self._newest(
            and_(
                incident_updates.c.incident_id == incident.scalar_subquery(),
                incident_updates.c.sent_at.is_not(None),
            )
        )
        return update.body if update else ""

    async def _newest(self, condition: ColumnElement[bool]) -> Update | None:
        row = (
            await self._connection.execute(
                select(incident_updates).where(condition).order_by(incident_updates.c.id.desc()).limit(1)
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
