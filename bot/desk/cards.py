"""The effects that post and edit the cards of tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import moved_notice, ticket_card
from bot import effects
from bot.desk import card_view, moving
from bot.desk.posting import post_once, tell_of_fallback
from bot.errors import ChannelUnavailableError, MessageGoneError
from routing.labels import LabelKind
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.integrations.interfaces import Posted
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_MOVES = {*LabelKind, *moving.ReplayStep, moving.BY_STEP}
"""Audited actions that move a ticket to another queue."""


class PostCard:
    """`slack.post_card`: a channel that cannot be posted to is replaced by the fallback channel."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        channel: str = entry.payload["channel"]
        async with self._services.storage.reading() as uow:
            ticket = await uow.tickets.get(entry.payload["ticket_id"])
            revision = await uow.tickets.revision(ticket.id)
            card = await card_view.load(self._services, uow, ticket, note=entry.payload["note"] or None)
        try:
            posted = await post_once(self._services.workspace, entry, channel, ticket_card.build(card))
        except ChannelUnavailableError as error:
            if channel == self._services.config.desk.fallback_channel:
                raise
            reason = error.reason
            return lambda uow: self._fall_back(uow, entry, reason)
        return lambda uow: self._posted(uow, entry, posted, revision)

    async def _posted(self, uow: UnitOfWork, entry: OutboxEntry, posted: Posted, revision: int) -> None:
        now = self._services.clock()
        ticket = await uow.tickets.get(entry.payload["ticket_id"])
        if entry.payload["moved_from"]:
            channel, ts = entry.payload["moved_from"]
            await effects.retire_card(
                uow,
                ticket,
                old=(channel, ts),
                new_channel=posted.channel,
                moved_by=entry.payload["moved_by"],
                now=now,
            )
        if ticket.queue != entry.payload["queue"]:
            await self._move_on(uow, ticket, moved_from=(posted.channel, posted.ts))
            return
        await uow.tickets.place_card(ticket.id, channel=posted.channel, ts=posted.ts)
        if await uow.tickets.revision(ticket.id) != revision:
            # Somebody changed the ticket while the card was on its way, and no edit could be written then.
            await effects.update_card(uow, await uow.tickets.get(ticket.id), now=now)

    async def _move_on(self, uow: UnitOfWork, ticket: Ticket, *, moved_from: tuple[str, str] | None) -> None:
        """The ticket was moved once more while its card was on its way to the queue of before."""
        trail = await uow.audit.for_trace(ticket.trace_id)
        await effects.post_card(
            uow,
            ticket,
            channel=self._services.config.queue(ticket.queue).channel,
            now=self._services.clock(),
            moved_from=moved_from,
            moved_by=next(step.actor for step in reversed(trail) if step.action in _MOVES),
        )

    async def _fall_back(self, uow: UnitOfWork, entry: OutboxEntry, reason: str) -> None:
        now = self._services.clock()
        desk = self._services.config.desk
        ticket = await uow.tickets.get(entry.payload["ticket_id"])
        if ticket.queue != entry.payload["queue"]:
            await self._move_on(uow, ticket, moved_from=entry.payload["moved_from"])
            return
        channel = entry.payload["channel"]
        explanation = f"Posted here because {channel} cannot be posted to: {reason}."
        note = " ".join(part for part in (explanation, entry.payload["note"]) if part)
        await uow.audit.add(
            "fell_back",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=DESKBELL,
            now=now,
            channel=channel,
            reason=reason,
        )
        await effects.post_card(
            uow,
            ticket,
            channel=desk.fallback_channel,
            now=now,
            note=note,
            moved_from=entry.payload["moved_from"],
            moved_by=entry.payload["moved_by"],
        )
        await tell_of_fallback(self._services, uow, channel=channel, reason=reason, trace_id=ticket.trace_id)


class UpdateCard:
    """`slack.update_card`: shows the state of now, so that several waiting edits are one."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            ticket = await uow.tickets.get(entry.payload["ticket_id"])
            if ticket.card_channel is None or ticket.card_ts is None:
                return effects.nothing  # it has moved and will be posted with the state of now
            card = await card_view.load(self._services, uow, ticket)
        try:
            await self._services.workspace.update(
                ticket.card_channel, ticket.card_ts, ticket_card.build(card)
            )
        except (ChannelUnavailableError, MessageGoneError):
            return lambda uow: self._post_anew(uow, ticket)
        return effects.nothing

    async def _post_anew(self, uow: UnitOfWork, ticket: Ticket) -> None:
        """A card that somebody has deleted, or whose channel is archived, is posted again where it belongs."""
        await uow.tickets.place_card(ticket.id, channel=None, ts=None)
        channel = self._services.config.queue(ticket.queue).channel
        await effects.post_card(uow, ticket, channel=channel, now=self._services.clock())


class RetireCard:
    """`slack.retire_card`: the old channel says where the ticket went."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        payload = entry.payload
        message = moved_notice.build(
            reference=self._services.reference(payload["ticket_id"]),
            channel_id=payload["new_channel"],
            moved_by=payload["moved_by"],
        )
        await self._services.workspace.update(payload["channel"], payload["ts"], message)
        return effects.nothing
