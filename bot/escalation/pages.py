"""The effects that page people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import page_card
from bot import effects
from bot.desk import card_view
from bot.desk.posting import post_once
from bot.errors import ChannelUnavailableError

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.effects import Record
    from bot.integrations.interfaces import Posted
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork


async def _message(services: Services, uow: UnitOfWork, escalation_id: int) -> SlackMessage:
    escalation = await uow.escalations.get(escalation_id)
    ticket = await uow.tickets.get(escalation.ticket_id)
    opening = await uow.emails.get(ticket.trace_id)
    return page_card.build(
        page_card.PageCard(
            escalation=escalation,
            ticket=ticket,
            reference=services.reference(ticket.id),
            queue_name=services.config.queue(ticket.queue).name,
            excerpt=(await card_view.visible(opening.email)).visible if opening.email else "",
            trace_url=services.trace_links.url(ticket.trace_id, now=services.clock()),
        )
    )


class Page:
    """`slack.page`: one copy of the page, for a person or a channel."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        escalation_id: int = entry.payload["escalation_id"]
        recipient: str = entry.payload["recipient"]
        async with self._services.storage.reading() as uow:
            shown = await uow.escalations.get(escalation_id)
            message = await _message(self._services, uow, escalation_id)
        try:
            posted = await post_once(self._services.workspace, entry, recipient, message)
        except ChannelUnavailableError as error:
            text = f"Could not page {recipient} ({error.reason}): somebody else must look at it."
            return lambda uow: self._unreachable(uow, entry, text)
        return lambda uow: self._posted(uow, entry, posted, was_acknowledged=bool(shown.acknowledged_at))

    async def _posted(
        self, uow: UnitOfWork, entry: OutboxEntry, posted: Posted, *, was_acknowledged: bool
    ) -> None:
        escalation_id = entry.payload["escalation_id"]
        await uow.escalations.add_page(escalation_id, channel=posted.channel, ts=posted.ts)
        escalation = await uow.escalations.get(escalation_id)
        if escalation.acknowledged_at and not was_acknowledged:
            # Somebody was faster in another copy, and this one was not known yet.
            await effects.update_page(
                uow,
                escalation,
                channel=posted.channel,
                ts=posted.ts,
                trace_id=entry.trace_id,
                now=self._services.clock(),
            )

    async def _unreachable(self, uow: UnitOfWork, entry: OutboxEntry, text: str) -> None:
        await effects.notify_operators(
            uow,
            text,
            channel=self._services.config.desk.operators_channel,
            trace_id=entry.trace_id,
            now=self._services.clock(),
            dedup_key=f"unreachable:{entry.id}",
        )


class PageGroup:
    """`slack.page_group`: every member of a user group gets a page of their own."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            escalation = await uow.escalations.get(entry.payload["escalation_id"])
        members = await self._services.workspace.group_members(escalation.target)

        async def record(uow: UnitOfWork) -> None:
            now = self._services.clock()
            for member in members:
                await effects.page(uow, escalation, recipient=member, trace_id=entry.trace_id, now=now)
            if not members:
                await effects.notify_operators(
                    uow,
                    f"The user group {escalation.target} is empty: nobody was paged.",
                    channel=self._services.config.desk.operators_channel,
                    trace_id=entry.trace_id,
                    now=now,
                    dedup_key=f"empty_group:{escalation.id}",
                )

        return record


class UpdatePage:
    """`slack.update_page`: one copy of the page shows what became of it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            message = await _message(self._services, uow, entry.payload["escalation_id"])
        await self._services.workspace.update(entry.payload["channel"], entry.payload["ts"], message)
        return effects.nothing
