"""Somebody looks at the app's Home: their tickets, and what waits for anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blocks import home
from blocks.message import view_payload

if TYPE_CHECKING:
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.services import Services

_LISTED = 21
"""One more than the Home shows, so that it can say that there are more."""


async def happened(event: dict[str, Any], context: AsyncBoltContext) -> None:
    if event.get("tab") != "home" or context.client is None:
        return
    services: Services = context["services"]
    async with services.storage.reading() as uow:
        mine = await uow.tickets.assigned_to(event["user"], limit=_LISTED)
        unclaimed = await uow.tickets.unclaimed_by_queue()
    queues = services.config.queues
    view = home.build(
        mine=[
            home.HomeTicket(
                reference=services.reference(ticket.id),
                subject=ticket.subject,
                queue_name=services.config.queue(ticket.queue).name,
                due_at=None if ticket.first_responded_at else ticket.response_due_at,
            )
            for ticket in mine
        ],
        queues=[
            home.QueueCount(queue_name=queue.name, unclaimed=unclaimed.get(queue_id, 0))
            for queue_id, queue in queues.items()
        ],
    )
    await context.client.views_publish(user_id=event["user"], view=view_payload(view))
