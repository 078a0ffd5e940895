"""A desk without servers: its use cases on a real database, with a clock and a worker that the tests turn."""

from __future__ import annotations

import itertools
import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from blocks import ids
from blocks.reassign_modal import Reassignment
from blocks.reply_modal import Draft
from bot import config
from bot.app import create_services
from bot.desk import merge, reassign, reply, resolve, split
from bot.errors import NotAllowedError, NotReadyError
from bot.intake import received
from bot.intake.providers import PROVIDERS
from bot.integrations.interfaces import Posted
from bot.performers import performers
from bot.settings import Settings
from routing import sla_trail
from tests import desk
from tests.desk import ANA
from tests.storage.samples import LEASE, NOW

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

    from blocks.message import SlackMessage
    from routing.sla_clock import Clock
    from routing.ticket import AuditEntry
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

PROMISES = {
    # Office hours of Berlin, everything is promised.
    "    sla: {default: 4h, gold: 1h}\n  orders:": """\
    sla:
      default: {first_response: 4h, next_response: 2h, resolution: 2d, hours: business}
      gold: 1h
    business_hours: {zone: Europe/Berlin, holidays: DE-BE}
  orders:""",
    # Around the clock.
    "{first_response: 8h, next_response: 8h, resolution: 5d, warn_at: 80%}": """\
{next_response: 30m, resolution: 8h, warn_at: 50%}""",
    # As soon as abuse, and more.
    "    sla: {default: 4h, gold: 1h}\n\n# What": """\
    sla: {default: {first_response: 1h, resolution: 3h}}

# What""",
    # Nothing at all.
    "    sla: {default: 2h, gold: 30m}\n": "",
}


def promises() -> config.SupportConfig:
    """The shipped desk with promises of every kind."""
    text = desk.SUPPORT_YAML.read_text(encoding="utf-8")
    for old, new in PROMISES.items():
        assert old in text
        text = text.replace(old, new, 1)
    return config.parse(text, name="support.yaml")


class Slack:
    """Takes every message."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, str | None, SlackMessage]] = []
        self.cards: dict[str, SlackMessage] = {}
        self.is_down = False

    async def post(
        self, channel: str, message: SlackMessage, *, entry_id: int, thread_ts: str | None = None
    ) -> Posted:
        if self.is_down:
            raise NotReadyError("Slack is down")
        message.payload()  # Slack would refuse what is too long
        self.posted.append((channel, thread_ts, message))
        self.cards[str(entry_id)] = message
        return Posted(channel, str(entry_id))

    async def find(self, *_args: object, **_options: object) -> Posted | None:
        return None

    async def update(self, _channel: str, ts: str, message: SlackMessage) -> None:
        message.payload()
        self.cards[ts] = message

    async def group_members(self, _group_id: str) -> list[str]:
        return [ANA]

    async def display_name(self, _user_id: str) -> str:
        return "Ana"


class Mailbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    async def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        del envelope_from, recipient
        self.sent.append(message)


class Clockwork:
    """What happens to tickets, and how their clocks stand."""

    def __init__(self, database_url: str, *, now: datetime = NOW) -> None:
        self.now = now
        self.slack, self.mailbox = Slack(), Mailbox()
        settings = Settings(
            _env_file=None,
            slack_bot_token=desk.BOT_TOKEN,
            slack_signing_secret=desk.SIGNING_SECRET,
            database_url=database_url,
            smtp_host="127.0.0.1",
            deskbell_secret_key=desk.SECRET_KEY,
        )
        services = create_services(settings, promises(), clock=lambda: self.now)
        self.services = replace(services, workspace=self.slack, mail_sender=self.mailbox)
        self.storage = self.services.storage
        self._performers = performers(self.services)
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        await self.storage.start()

    async def stop(self) -> None:
        await self.storage.close()

    async def write(self, text: str, *, answers: int | None = None, is_robot: bool = False) -> int:
        """A mail comes, perhaps as an answer to an earlier mail of the customer; answers its number."""
        number = next(self._numbers)
        mail: dict[str, Any] = desk.payload(
            id=f"mail-{number}", messageId=f"<{number}@customer.example>", subject=text, text=text
        )
        if answers:
            mail |= {"inReplyTo": f"<{answers}@customer.example>"}
        if is_robot:
            mail |= {"headers": {"Auto-Submitted": "auto-replied"}}
        origin = received.Origin(name="mailparse", tenant="acme", provider=PROVIDERS["mailparse"])
        raw = json.dumps(mail).encode()
        email = await received.read(raw, origin, content_type="application/json", now=self.now)
        await self.storage.email_writer.remember(email)
        await self.work()
        return number

    async def reply(self, ticket_id: int) -> None:
        ref = ids.TicketRef(ticket_id=ticket_id)
        await reply.keep_draft(self.services, Draft(ref=ref, body="It is on its way."), agent_id=ANA)
        async with self.storage.reading() as uow:
            ticket = await uow.tickets.get(ticket_id)
        await reply.send(self.services, ticket_id, to=ticket.requester.email, agent_id=ANA)

    async def resolve(self, ticket_id: int) -> None:
        await resolve.resolve(self.services, ticket_id, agent_id=ANA)

    async def reopen(self, ticket_id: int) -> None:
        await resolve.reopen(self.services, ticket_id, agent_id=ANA)

    async def move(self, ticket_id: int, queue: str) -> None:
        ref = ids.TicketRef(ticket_id=ticket_id)
        wish = Reassignment(ref=ref, queue=queue, assignee_id=None, note=None)
        await reassign.reassign(self.services, wish, agent_id=ANA)

    async def merge(self, ticket_id: int, into_id: int) -> None:
        await merge.merge(self.services, ticket_id, into_id=into_id, agent_id=ANA)

    async def split(self, ticket_id: int) -> int:
        """Split off the newest message that may leave; answers the ticket that it has then."""
        message = (await split.candidates(self.services, ticket_id))[-1]
        return await split.split(self.services, ticket_id, message_row_id=message.id, agent_id=ANA)

    async def pass_time(self, time: timedelta, *, works: bool = True) -> None:
        """Let time pass; a worker that works does each thing when it is due."""
        end = self.now + time
        while works and (due_at := await self._next_due()) is not None and due_at <= end:
            self.now = max(self.now, due_at)
            await self.work()
        self.now = end

    async def work(self) -> None:
        """Do all that is due now."""
        while await self._round():
            pass

    async def _next_due(self) -> datetime | None:
        async with self.storage.reading() as uow:
            return await uow.outbox.next_due_at(self.now)

    async def _round(self) -> bool:
        async with self.storage.unit_of_work() as uow:
            entries = [
                entry
                for lane in await uow.outbox.due_lanes(self.now)
                for entry in await uow.outbox.claim(lane, limit=9, worker="worker", now=self.now, lease=LEASE)
            ]
            await uow.commit()
        for entry in entries:
            await self._perform(entry)
        return bool(entries)

    async def _perform(self, entry: OutboxEntry) -> None:
        try:
            record = await self._performers[entry.kind](entry)
        except NotReadyError as error:
            await self._postpone(entry, str(error))
            return
        async with self.storage.unit_of_work() as uow:
            await uow.outbox.finish(entry, self.now)
            await record(uow)
            await uow.commit()

    async def _postpone(self, entry: OutboxEntry, error: str) -> None:
        async with self.storage.unit_of_work() as uow:
            later = self.now + timedelta(seconds=1)
            await uow.outbox.postpone(entry, now=self.now, due_at=later, error=error)
            await uow.commit()

    async def clocks(self, ticket_id: int) -> list[Clock]:
        async with self.storage.reading() as uow:
            return await uow.sla_clocks.of_ticket(ticket_id)

    async def trail(self, ticket_id: int) -> list[AuditEntry]:
        """Every entry of a ticket's audit trail that speaks of its clocks."""
        async with self.storage.reading() as uow:
            return await trail(uow, ticket_id)

    def told(self) -> list[str]:
        """What card threads were told of deadlines."""
        words = (message.text for _, thread_ts, message in self.slack.posted if thread_ts)
        return [text for text in words if text.endswith(("is overdue", "is due soon"))]


async def trail(uow: UnitOfWork, ticket_id: int) -> list[AuditEntry]:
    return await uow.audit.of_ticket(ticket_id, actions=sla_trail.ACTIONS)


def tolerated() -> suppress:
    """For what a person may press and is refused."""
    return suppress(NotAllowedError)
