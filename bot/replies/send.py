"""The effects that mail the customer. Both pass the gate; what it refuses is recorded and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.errors import PermanentError
from bot.replies import compose, gate, render
from bot.telemetry import log
from routing import robots
from routing.ticket import MessageKind

if TYPE_CHECKING:
    from email.message import EmailMessage

    from bot.effects import Record
    from bot.services import Services
    from routing.ticket import Message, Ticket
    from storage.emails import StoredEmail
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

NULL_PATH = ""
"""Envelope sender of automatic mail: no bounce comes back to it (RFC 3834, 3.3)."""


class SendAcknowledgement:
    """`email.acknowledge`: the ticket's number, at once and once."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            ticket = await uow.tickets.get(entry.payload["ticket_id"])
            opening = await uow.emails.opening(ticket.id)
            messages = await uow.messages.of_ticket(ticket.id)
        verdict = self._judge(ticket, opening, messages)
        if verdict.refusal:
            return lambda uow: self._refused(uow, ticket, verdict)
        message = render.acknowledgement(
            compose.acknowledgement(self._services, ticket, opening.email, entry_id=entry.id)
        )
        await self._services.mail_sender.send(
            message, envelope_from=NULL_PATH, recipient=ticket.requester.email
        )
        return lambda uow: self._sent(uow, ticket, message)

    def _judge(self, ticket: Ticket, opening: StoredEmail, messages: list[Message]) -> gate.Verdict:
        own = frozenset(self._services.config.desk.addresses)
        automatic = robots.judge(opening.email, own_addresses=own) if opening.email else None
        return gate.judge(
            kind=MessageKind.ACKNOWLEDGEMENT,
            recipient=ticket.requester,
            own_addresses=own,
            robot_reasons=automatic.reasons if automatic else (),
            answer_allowed=automatic is not None and automatic.answer_allowed,
            is_acknowledged=any(message.kind is MessageKind.ACKNOWLEDGEMENT for message in messages),
        )

    async def _refused(self, uow: UnitOfWork, ticket: Ticket, verdict: gate.Verdict) -> None:
        self._services.metrics.refused.labels(verdict.refusal).inc()
        await uow.audit.add(
            "acknowledgement_refused",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor="deskbell",
            now=self._services.clock(),
            reason=" ".join(part for part in (str(verdict.refusal), verdict.detail) if part),
        )

    async def _sent(self, uow: UnitOfWork, ticket: Ticket, message: EmailMessage) -> None:
        now = self._services.clock()
        await uow.messages.add(
            ticket_id=ticket.id,
            kind=MessageKind.ACKNOWLEDGEMENT,
            message_id=message["Message-ID"],
            author="deskbell",
            body=str(message["Subject"]),
            now=now,
        )
        await uow.audit.add(
            "acknowledgement_sent",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor="deskbell",
            now=now,
            message_id=message["Message-ID"],
        )
        log.info("acknowledgement_sent", trace_id=ticket.trace_id, ticket=ticket.id)


class SendReply:
    """`email.reply`: what an agent wrote."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        async with self._services.storage.reading() as uow:
            ticket = await uow.tickets.get(entry.payload["ticket_id"])
            answer = await uow.messages.get(entry.payload["message_row_id"])
            messages = await uow.messages.of_ticket(ticket.id)
            opening = await uow.emails.opening(ticket.id)
        verdict = gate.judge(
            kind=MessageKind.REPLY,
            recipient=ticket.requester,
            own_addresses=self._services.config.desk.addresses,
        )
        if verdict.refusal:
            self._services.metrics.refused.labels(verdict.refusal).inc()
            raise PermanentError(f"the gate refused it: {verdict.refusal}")
        agent_name = await self._services.workspace.display_name(answer.author)
        mail = compose.reply(
            self._services,
            ticket,
            opening.email,
            messages=messages,
            entry_id=entry.id,
            text=answer.body,
            agent_name=agent_name,
        )
        message = render.reply(mail)
        await self._services.mail_sender.send(
            message, envelope_from=mail.sender.email, recipient=ticket.requester.email
        )
        return lambda uow: self._sent(uow, ticket, answer, message)

    async def _sent(self, uow: UnitOfWork, ticket: Ticket, answer: Message, message: EmailMessage) -> None:
        now = self._services.clock()
        await uow.messages.set_message_id(answer.id, message["Message-ID"])
        await uow.tickets.mark_responded(ticket.id, now)
        await uow.audit.add(
            "reply_sent",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=answer.author,
            now=now,
            message_id=message["Message-ID"],
        )
        await effects.post_in_thread(
            uow,
            effects.Kind.POST_SENT_REPLY,
            ticket,
            channel=ticket.card_channel or self._services.config.queues[ticket.queue].channel,
            message_row_id=answer.id,
            trace_id=ticket.trace_id,
            now=now,
        )
        await effects.update_card(uow, ticket, now=now)
