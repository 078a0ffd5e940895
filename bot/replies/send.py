"""The effects that mail the customer. Both pass the gate; what it refuses is recorded and counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import effects
from bot.desk import clocks, returned
from bot.errors import PermanentError, RecipientRefusedError
from bot.replies import compose, outbound, render
from bot.telemetry import log
from routing.email import Address
from routing.ticket import DESKBELL, MessageKind

if TYPE_CHECKING:
    from email.message import EmailMessage

    from bot.effects import Record
    from bot.services import Services
    from routing.ticket import Message, Ticket
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
            opening = await uow.emails.get(ticket.trace_id)
            promise = await clocks.first_response(uow, ticket.id)
            verdict = await outbound.judge(self._services, uow, ticket, kind=MessageKind.ACKNOWLEDGEMENT)
            incident_text = await uow.incident_mails.text_for(ticket.id)
        if verdict.refusal:
            return lambda uow: outbound.record_refused(
                self._services, uow, ticket, verdict, action="acknowledgement_refused"
            )
        message = render.acknowledgement(
            compose.acknowledgement(
                self._services,
                ticket,
                opening.email,
                promise=promise,
                entry_id=entry.id,
                incident_text=incident_text,
            )
        )
        try:
            await self._services.mail_sender.send(
                message, envelope_from=NULL_PATH, recipient=ticket.requester.email
            )
        except RecipientRefusedError as error:
            return refused(self._services, ticket, error)
        return lambda uow: self._sent(uow, ticket, message)

    async def _sent(self, uow: UnitOfWork, ticket: Ticket, message: EmailMessage) -> None:
        now = self._services.clock()
        await uow.messages.add(
            ticket_id=ticket.id,
            kind=MessageKind.ACKNOWLEDGEMENT,
            message_id=message["Message-ID"],
            author=DESKBELL,
            body=str(message["Subject"]),
            now=now,
        )
        await outbound.record_sent(self._services, uow, ticket, message)
        await uow.audit.add(
            "acknowledgement_sent",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=DESKBELL,
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
            current = await uow.tickets.get(entry.payload["ticket_id"])
            ticket = replace(current, requester=Address.model_validate(entry.payload["to"]))
            answer = await uow.messages.get(entry.payload["message_row_id"])
            messages = await uow.messages.of_ticket(ticket.id)
            opening = await uow.emails.get(ticket.trace_id)
            verdict = await outbound.judge(self._services, uow, ticket, kind=MessageKind.REPLY)
        if verdict.refusal:
            # What a person wrote must not vanish: it becomes a dead letter, which operators see.
            raise PermanentError(f"the gate refused it: {verdict.refusal} {verdict.detail}".strip())
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
        try:
            await self._services.mail_sender.send(
                message, envelope_from=mail.sender.email, recipient=ticket.requester.email
            )
        except RecipientRefusedError as error:
            return refused(self._services, ticket, error)
        return lambda uow: self._sent(uow, ticket, answer, message)

    async def _sent(self, uow: UnitOfWork, ticket: Ticket, answer: Message, message: EmailMessage) -> None:
        now = self._services.clock()
        await uow.messages.set_message_id(answer.id, message["Message-ID"])
        await outbound.record_sent(self._services, uow, ticket, message)
        if await uow.tickets.mark_responded(ticket.id, now):
            took = (now - ticket.created_at).total_seconds()
            self._services.metrics.first_response_seconds.labels(ticket.queue).observe(took)
        await uow.tickets.set_undelivered(ticket.id, None)
        await uow.audit.add(
            "reply_sent",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=answer.author,
            now=now,
            message_id=message["Message-ID"],
        )
        await clocks.follow(self._services, uow, ticket.id)
        await effects.post_in_thread(
            uow,
            effects.Kind.POST_SENT_REPLY,
            ticket,
            channel=self._services.card_channel(ticket),
            message_row_id=answer.id,
            trace_id=ticket.trace_id,
            now=now,
        )
        await effects.update_card(uow, ticket, now=now)


def refused(services: Services, ticket: Ticket, error: RecipientRefusedError) -> Record:
    """The server takes no mail for the customer: trying again is useless, so the card tells the agents."""
    return lambda uow: returned.refused(services, uow, ticket, status=error.status, diagnostic=str(error))
