"""Decided mails in the order of their arrival, for a replay over the whole history."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import JSON, Text, and_, case, cast, exists, false, func, or_, select, tuple_, union_all

from routing.replay import RecordedMail
from routing.ticket import Relation, TicketState
from storage import schema
from storage.schema import emails, routing_labels, tickets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Executable, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

_IS_CONFIRMED = and_(
    tickets.c.relation.is_distinct_from(Relation.MERGED),
    or_(
        tickets.c.assignee_id.is_not(None),
        tickets.c.resolved_by.is_not(None),
        tickets.c.first_responded_at.is_not(None),
    ),
)
"""A person has taken, answered or resolved the ticket, so its queue was right."""

_COLUMNS = (
    emails.c.id,
    emails.c.received_at,
    emails.c.trace_id,
    emails.c.normalised,
    emails.c.decision,
    emails.c.circumstances,
    tickets.c.tier,
    case((_IS_CONFIRMED, tickets.c.queue)),
)
"""In the order of `RecordedMail`."""


_place = tuple_(emails.c.received_at, emails.c.id)


def _behind(key: Key | None) -> ColumnElement[bool]:
    return ~false() if key is None else _place < tuple(key)


_NEWEST_FIRST = (emails.c.received_at.desc(), emails.c.id.desc())


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which decided mails."""

    since: datetime | None = None
    queue: str | None = None
    """Where they went when they were decided."""
    intent: str | None = None
    """What the customer was taken to want when they were decided."""


class WaitingTicket(NamedTuple):
    """An open ticket that nobody has claimed, and the mail that opened it."""

    ticket_id: int
    queue: str
    """Where it is now."""
    mail: RecordedMail


_IS_UNMOVED = and_(
    tickets.c.relation.is_distinct_from(Relation.MERGED),
    # What a person has moved is where a person wants it.
    ~exists().where(routing_labels.c.ticket_id == tickets.c.id),
)
_IS_UNCLAIMED = and_(schema.is_in_state(tickets.c.state, TicketState.OPEN), tickets.c.assignee_id.is_(None))


class Key(NamedTuple):
    """The place of a mail in the order of arrival."""

    received_at: datetime
    id: int


class Span(NamedTuple):
    """Mails that follow on each other, from the newest to the oldest, both included."""

    newest: Key
    oldest: Key
    size: int
    """How many mails that are."""


class ReplayMails:
    """The decided mails as one transaction sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    async def count(self, scope: Scope) -> int:
        """How many there are."""
        statement = select(func.count()).select_from(emails).where(*self._conditions(scope))
        return int(await self._connection.scalar(statement) or 0)

    async def unclaimed(self) -> list[int]:
        """Numbers of the open tickets that nobody has claimed, the lowest first."""
        found = select(tickets.c.id).where(_IS_UNCLAIMED).order_by(tickets.c.id)
        return list(await self._connection.scalars(found))

    async def waiting(self, scope: Scope, ids: Sequence[int]) -> list[WaitingTicket]:
        """Those of some unclaimed tickets whose mail is meant and that nobody has moved, by number.

        Whether somebody has claimed one meanwhile is asked when it is moved: to ask here, too, would lead SQLite
        through all open tickets for each page.
        """
        rows = await self._connection.execute(
            select(tickets.c.id, tickets.c.queue, *_COLUMNS)
            .select_from(tickets.join(emails, emails.c.trace_id == tickets.c.trace_id))
            .where(_IS_UNMOVED, tickets.c.id.in_(ids), *self._conditions(scope))
            .order_by(tickets.c.id)
        )
        return [WaitingTicket(number, queue, RecordedMail(*mail)) for number, queue, *mail in rows]

    async def next_span(self, scope: Scope, *, after: Key | None, limit: int) -> Span | None:
        """Where a page begins and ends, the newest first; None behind the last one.

        It is read from the index alone, and costs the same wherever it is.
        """
        keys = (
            select(emails.c.received_at, emails.c.id)
            .where(*self._conditions(scope), _behind(after))
            .order_by(*_NEWEST_FIRST)
        )
        # The ends of a whole page: to skip what lies between is quicker than to fetch it.
        newest = keys.limit(1).subquery("newest")
        oldest = keys.offset(limit - 1).limit(1).subquery("oldest")
        ends = await self._keys(union_all(select(newest), select(oldest)))
        if len(ends) == 2:  # noqa: PLR2004 - both
            return Span(max(ends), min(ends), limit)
        found = await self._keys(keys.limit(limit))
        return Span(found[0], found[-1], len(found)) if found else None

    async def _keys(self, statement: Executable) -> list[Key]:
        return list(starmap(Key, (await self._connection.execute(statement)).all()))

    async def page(self, scope: Scope, *, after: Key | None, limit: int) -> list[RecordedMail]:
        """So many mails, the newest first, from the one behind `after` on."""
        rows = await self._connection.execute(self._mails(scope).where(_behind(after)).limit(limit))
        return list(starmap(RecordedMail, rows.all()))

    async def of_span(self, scope: Scope, span: Span) -> list[RecordedMail]:
        """The mails of a span."""
        rows = await self._connection.execute(
            self._mails(scope).where(_place <= tuple(span.newest), _place >= tuple(span.oldest))
        )
        return list(starmap(RecordedMail, rows.all()))

    def _mails(self, scope: Scope) -> Select[Any]:
        joined = emails.join(tickets, tickets.c.id == emails.c.ticket_id)
        return select(*_COLUMNS).select_from(joined).where(*self._conditions(scope)).order_by(*_NEWEST_FIRST)

    def _conditions(self, scope: Scope) -> Iterator[ColumnElement[bool]]:
        yield emails.c.decision.is_not(None)
        if scope.since is not None:
            yield emails.c.received_at >= scope.since
        if scope.queue is not None:
            yield self._decided("queue") == scope.queue
        if scope.intent is not None:
            yield self._decided("intent") == scope.intent

    def _decided(self, key: str) -> ColumnElement[str]:
        """A text within the stored decision."""
        stored: ColumnElement[str] = (
            func.json_extract(emails.c.decision, f"$.{key}", type_=Text)
            if self._is_sqlite
            else cast(emails.c.decision, JSON)[key].as_string()
        )
        return stored
