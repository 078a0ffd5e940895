"""The effects that tell Slack what is no card: mails by hand, messages in a card's thread, operators' news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks import follow_up, operators_notice, unparseable_card
from bot import effects
from bot.desk import card_view
from bot.desk.posting import post_once, tell_of_fallback
from bot.errors import ChannelUnavailableError, NotReadyError, PermanentError
from routing import bounces

if TYPE_CHECKING:
    from blocks.message import SlackMessage
    from bot.effects import Record
    from bot.services import Services
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_BEGINNING = 2_000
"""Bytes of an unreadable mail that are looked at; the card shows the first characters of them."""


class PostUnparseable:
    """`slack.post_unparseable`: a mail that nobody could read, for a person."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            stored = await uow.emails.get(entry.trace_id)
            raw = await uow.emails.raw(entry.trace_id)
        message = unparseable_card.build(
            source=stored.source,
            reason=stored.parse_error or "",
            size=len(raw),
            beginning=raw[:_BEGINNING].decode("utf-8", "replace"),
            trace_url=self._services.trace_links.url(stored.trace_id, now=self._services.clock()),
        )
        channel: str = entry.payload["channel"]
        try:
            await post_once(self._services.workspace, entry, channel, message)
        except ChannelUnavailableError as error:
            if channel == self._services.config.desk.fallback_channel:
                raise
            reason = error.reason
            return lambda uow: self._fall_back(uow, entry, reason)
        return effects.nothing

    async def _fall_back(self, uow: UnitOfWork, entry: OutboxEntry, reason: str) -> None:
        channel, trace_id = entry.payload["channel"], entry.trace_id
        fallback = self._services.config.desk.fallback_channel
        await effects.post_unparseable(uow, trace_id, channel=fallback, now=self._services.clock())
        await tell_of_fallback(self._services, uow, channel=channel, reason=reason, trace_id=trace_id)


class _PostInThread:
    """A message in the thread of a ticket's card."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            ticket = await uow.tickets.get(entry.payload["ticket_id"])
            has_no_card = await uow.incident_tickets.has_no_card(ticket.id)
        if ticket.card_channel is None or ticket.card_ts is None:
            if has_no_card:
                return effects.nothing  # its incident stands for it; the trace has it all
            raise NotReadyError("the card is not posted yet")
        message = await self._message(entry)
        await post_once(
            self._services.workspace, entry, ticket.card_channel, message, thread_ts=ticket.card_ts
        )
        return effects.nothing

    async def _message(self, entry: OutboxEntry) -> SlackMessage:
        raise NotImplementedError


class PostFollowUp(_PostInThread):
    """`slack.post_follow_up`: the customer wrote again."""

    async def _message(self, entry: OutboxEntry) -> SlackMessage:
        async with self._services.storage.reading() as uow:
            stored = await uow.emails.get(entry.payload["trace_id"])
        if stored.email is None:
            raise PermanentError("the follow-up cannot be read")
        return follow_up.build(
            author=stored.email.sender,
            visible=await card_view.visible(stored.email),
            files=stored.email.attachments,
            trace_url=self._services.trace_links.url(stored.trace_id, now=self._services.clock()),
        )


class PostUndelivered(_PostInThread):
    """`slack.post_undelivered`: a mail of ours came back."""

    async def _message(self, entry: OutboxEntry) -> SlackMessage:
        async with self._services.storage.reading() as uow:
            stored = await uow.emails.get(entry.payload["trace_id"])
        if stored.email is None:
            raise PermanentError("the bounce cannot be read")
        trace_url = self._services.trace_links.url(stored.trace_id, now=self._services.clock())
        return follow_up.undelivered(bounces.read(stored.email), trace_url=trace_url)


class PostSentReply(_PostInThread):
    """`slack.post_sent_reply`: an agent's answer has gone out."""

    async def _message(self, entry: OutboxEntry) -> SlackMessage:
        async with self._services.storage.reading() as uow:
            ticket = await uow.tickets.get(entry.payload["ticket_id"])
            message = await uow.messages.get(entry.payload["message_row_id"])
        return follow_up.sent_reply(agent_id=message.author, to=ticket.requester, body=message.body)


class NotifyOperators:
    """`slack.notify_operators`: a notice for those who run the desk."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        message = operators_notice.build(entry.payload["text"])
        await post_once(self._services.workspace, entry, entry.payload["channel"], message)
        return effects.nothing
