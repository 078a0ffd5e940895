"""Calls people through services outside, and takes the calls back.

Whatever a pager is told of an escalation is a row of the outbox, and goes out in the order in which it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.effects import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from routing.escalation import Escalation
    from storage.unit_of_work import UnitOfWork


def lane(pager: str) -> str:
    return f"pager:{pager}"


def ordering_key(escalation_id: int) -> str:
    return f"escalation:{escalation_id}"


async def trigger(
    uow: UnitOfWork,
    escalation: Escalation,
    *,
    pager: str,
    trace_id: str,
    now: datetime,
    number: int = 1,
    place: tuple[int, int] | None = None,
) -> None:
    """Call by a pager, unless it will be acknowledged or resolved by then; once for each `number`.

    `place` is the round and the position of the step that calls: if the call fails, it does not wait for an answer.
    """
    await uow.outbox.enqueue(
        Kind.PAGER_TRIGGER,
        lane=lane(pager),
        ordering_key=ordering_key(escalation.id),
        dedup_key=f"{Kind.PAGER_TRIGGER}:{escalation.id}:{pager}:{number}",
        payload={"escalation_id": escalation.id, "pager": pager, "number": number, "place": place},
        trace_id=trace_id,
        now=now,
    )


async def acknowledge(
    uow: UnitOfWork,
    escalation: Escalation,
    *,
    pager: str,
    by: str,
    trace_id: str,
    now: datetime,
    number: int = 1,
) -> None:
    """Tell a pager, if it was called, that it need not call anybody more; `by` is a Slack user id."""
    await _hasten(uow, escalation, pager=pager, now=now)
    await uow.outbox.enqueue(
        Kind.PAGER_ACKNOWLEDGE,
        lane=lane(pager),
        ordering_key=ordering_key(escalation.id),
        dedup_key=f"{Kind.PAGER_ACKNOWLEDGE}:{escalation.id}:{pager}:{number}",
        payload={"escalation_id": escalation.id, "pager": pager, "by": by},
        trace_id=trace_id,
        now=now,
    )


async def resolve(
    uow: UnitOfWork, escalation: Escalation, *, pager: str, trace_id: str, now: datetime
) -> None:
    """Close the alert at a pager, if it was called."""
    await _hasten(uow, escalation, pager=pager, now=now)
    await uow.outbox.enqueue(
        Kind.PAGER_RESOLVE,
        lane=lane(pager),
        ordering_key=ordering_key(escalation.id),
        dedup_key=f"{Kind.PAGER_RESOLVE}:{escalation.id}:{pager}",
        payload={"escalation_id": escalation.id, "pager": pager},
        trace_id=trace_id,
        now=now,
    )


async def _hasten(uow: UnitOfWork, escalation: Escalation, *, pager: str, now: datetime) -> None:
    """A call that failed may wait for an hour, and what takes it back would wait behind it."""
    await uow.outbox.hasten(lane(pager), ordering_key(escalation.id), now=now)


async def by_mail(
    uow: UnitOfWork, escalation: Escalation, *, to: str, trace_id: str, now: datetime, number: int = 1
) -> None:
    """Call by e-mail, in a lane of its own: a flood of mail to customers delays it by nothing."""
    await uow.outbox.enqueue(
        Kind.PAGE_BY_MAIL,
        lane=effects.PAGE_MAIL_LANE,
        ordering_key=ordering_key(escalation.id),
        dedup_key=f"{Kind.PAGE_BY_MAIL}:{escalation.id}:{to}:{number}",
        payload={"escalation_id": escalation.id, "to": to},
        trace_id=trace_id,
        now=now,
    )
