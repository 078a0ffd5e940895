"""The outbox rows of escalations: the timer of the next step, and the messages about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.effects import Kind
from storage.pages import PageRole

if TYPE_CHECKING:
    from datetime import datetime

    from routing.escalation import Escalation
    from routing.ticket import Ticket
    from storage.pages import StoredPage
    from storage.unit_of_work import UnitOfWork


async def timer(uow: UnitOfWork, escalation: Escalation, *, trace_id: str, now: datetime) -> None:
    """Go on when the time has come; in any other generation than this the row does nothing.

    It has no ordering key: a row of an earlier generation that is due later must not hold it up.
    """
    if escalation.next_at is None:
        return
    await uow.outbox.enqueue(
        Kind.ESCALATION_STEP,
        lane=effects.ESCALATION_LANE,
        dedup_key=f"{Kind.ESCALATION_STEP}:{escalation.id}:{escalation.generation}",
        payload={"escalation_id": escalation.id, "generation": escalation.generation},
        trace_id=trace_id,
        now=now,
        due_at=escalation.next_at,
    )


async def main_page(
    uow: UnitOfWork, escalation: Escalation, *, channel: str, trace_id: str, now: datetime
) -> None:
    """The one message in the incident channel."""
    key = f"{PageRole.MAIN}:{escalation.lap}:{channel}"
    place = (escalation.lap, None)
    await _page(uow, escalation, channel, PageRole.MAIN, place, key=key, trace_id=trace_id, now=now)


async def page(
    uow: UnitOfWork,
    escalation: Escalation,
    *,
    recipient: str,
    lap: int,
    position: int,
    trace_id: str,
    now: datetime,
) -> None:
    """Page a person or a channel; once each a step."""
    key = f"{lap}:{position}:{recipient}"
    place = (lap, position)
    await _page(uow, escalation, recipient, PageRole.COPY, place, key=key, trace_id=trace_id, now=now)


async def page_by_hand(
    uow: UnitOfWork, escalation: Escalation, *, person: str, trace_id: str, now: datetime
) -> None:
    """Page somebody whom a person has chosen, also where somebody else has acknowledged."""
    place = (None, None)
    await _page(uow, escalation, person, PageRole.COPY, place, key=None, trace_id=trace_id, now=now)


async def _page(
    uow: UnitOfWork,
    escalation: Escalation,
    recipient: str,
    role: PageRole,
    place: tuple[int | None, int | None],
    *,
    key: str | None,
    trace_id: str,
    now: datetime,
) -> None:
    """`place` is the lap and the position of the step that calls, `key` what makes the page one of its kind."""
    lap, position = place
    await uow.outbox.enqueue(
        Kind.PAGE,
        lane=effects.posting_lane(recipient),
        dedup_key=key and f"{Kind.PAGE}:{escalation.id}:{key}",
        payload={
            "escalation_id": escalation.id,
            "recipient": recipient,
            "role": role,
            "lap": lap,
            "position": position,
        },
        trace_id=trace_id,
        now=now,
    )


async def page_group(
    uow: UnitOfWork,
    escalation: Escalation,
    *,
    group: str,
    lap: int,
    position: int,
    trace_id: str,
    now: datetime,
) -> None:
    """Page every member of a user group; once a step."""
    await uow.outbox.enqueue(
        Kind.PAGE_GROUP,
        lane=effects.SLACK_READ_LANE,
        dedup_key=f"{Kind.PAGE_GROUP}:{escalation.id}:{lap}:{position}:{group}",
        payload={"escalation_id": escalation.id, "group": group, "lap": lap, "position": position},
        trace_id=trace_id,
        now=now,
    )


async def note(
    uow: UnitOfWork,
    escalation: Escalation,
    text: str,
    *,
    channel: str,
    calls: bool,
    trace_id: str,
    now: datetime,
) -> None:
    """Say something in the thread of the incident channel's message; `calls` if it calls people."""
    await uow.outbox.enqueue(
        Kind.PAGE_NOTE,
        lane=effects.posting_lane(channel),
        ordering_key=f"escalation:{escalation.id}",
        payload={"escalation_id": escalation.id, "text": text, "calls": calls, "lap": escalation.lap},
        trace_id=trace_id,
        now=now,
    )


async def question(uow: UnitOfWork, escalation: Escalation, *, trace_id: str, now: datetime) -> None:
    """Ask who has acknowledged whether they are still on it."""
    if escalation.acknowledged_by is None:
        return
    await uow.outbox.enqueue(
        Kind.ASK_PROGRESS,
        lane=effects.posting_lane(escalation.acknowledged_by),
        dedup_key=f"{Kind.ASK_PROGRESS}:{escalation.id}:{escalation.generation}",
        payload={
            "escalation_id": escalation.id,
            "generation": escalation.generation,
            "recipient": escalation.acknowledged_by,
        },
        trace_id=trace_id,
        now=now,
    )


async def update_pages(uow: UnitOfWork, escalation: Escalation, *, trace_id: str, now: datetime) -> None:
    """Show in every copy what has become of it."""
    for copy in await uow.pages.of(escalation.id):
        await update_page(uow, escalation, copy, trace_id=trace_id, now=now)


async def update_page(
    uow: UnitOfWork, escalation: Escalation, copy: StoredPage, *, trace_id: str, now: datetime
) -> None:
    """Show it in one copy; edits that still wait become one."""
    await uow.outbox.enqueue_once_ready(
        Kind.UPDATE_PAGE,
        lane=effects.editing_lane(copy.channel),
        ordering_key=f"page:{escalation.id}:{copy.ts}",
        payload={
            "escalation_id": escalation.id,
            "channel": copy.channel,
            "ts": copy.ts,
            "role": copy.role,
        },
        trace_id=trace_id,
        now=now,
    )


async def unclaimed(
    uow: UnitOfWork, ticket: Ticket, *, since: datetime, due_at: datetime, now: datetime
) -> None:
    """Look at `due_at` whether somebody has claimed a ticket that waits since then."""
    await uow.outbox.enqueue(
        Kind.ESCALATION_UNCLAIMED,
        lane=effects.ESCALATION_LANE,
        dedup_key=f"{Kind.ESCALATION_UNCLAIMED}:{ticket.id}:{since.isoformat()}:{due_at.isoformat()}",
        payload={"ticket_id": ticket.id, "since": since.isoformat()},
        trace_id=ticket.trace_id,
        now=now,
        due_at=due_at,
    )
