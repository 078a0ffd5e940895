"""Somebody looks at the app's Home: their tickets and shifts, and how the queues are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import home
from blocks.message import view_payload
from bot.on_call import own_shifts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.config import SupportConfig
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.tickets import QueueHealth

_LISTED = 21
"""One more than the Home shows, so that it can say that there are more."""


async def happened(event: dict[str, Any], context: AsyncBoltContext) -> None:
    if event.get("tab") != "home" or context.client is None:
        return
    services: Services = context["services"]
    now = services.clock()
    async with services.storage.reading() as uow:
        mine = await uow.tickets.assigned_to(event["user"], limit=_LISTED)
        health = await uow.tickets.health_by_queue(now)
        shifts = await own_shifts.of(services, uow, event["user"], now=now)
    view = home.build(
        mine=[_ticket(services, ticket) for ticket in mine],
        shifts=shifts,
        queues=list(_queues(services.config, health, now)),
    )
    await context.client.views_publish(user_id=event["user"], view=view_payload(view))


def _ticket(services: Services, ticket: Ticket) -> home.HomeTicket:
    return home.HomeTicket(
        reference=services.reference(ticket.id),
        subject=ticket.subject,
        queue_name=services.config.queue(ticket.queue).name,
        due_at=None if ticket.first_responded_at else ticket.response_due_at,
    )


def _queues(
    config: SupportConfig, health: Mapping[str, QueueHealth], now: datetime
) -> Iterator[home.HomeQueue]:
    for queue_id, queue in config.queues.items():
        if found := health.get(queue_id):
            yield home.HomeQueue(
                queue_name=queue.name,
                open=found.open,
                unclaimed=found.unclaimed,
                oldest=now - found.waiting_since if found.waiting_since else None,
                overdue=found.overdue,
            )
