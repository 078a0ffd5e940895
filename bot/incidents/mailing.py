"""The effects that write to all requesters of an incident: in batches, each of them once, each through the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import effects
from bot.errors import DeliveryError, PermanentError, RecipientRefusedError
from bot.incidents import outgoing
from bot.replies import compose, outbound, render, send
from routing.ticket import MessageKind
from storage.incident_mails import MailState

if TYPE_CHECKING:
    from email.message import EmailMessage

    from bot.effects import Record
    from bot.replies.gate import Verdict
    from bot.services import Services
    from routing.ticket import Ticket
    from storage.incident_mails import Update
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

BATCH = 50


class MailIncident:
    """`incident.mail`: hands the next mails of an update to the outbox, then itself once more."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        return lambda uow: self._hand_over(uow, entry.payload["incident_id"], entry.payload["update_id"])

    async def _hand_over(self, uow: UnitOfWork, incident_id: int, update_id: int) -> None:
        now = self._services.clock()
        incident = await uow.incidents.get(incident_id)
        chosen = await uow.incident_mails.take(update_id, limit=BATCH)
        for ticket_id in chosen:
            ticket = await uow.tickets.get(ticket_id)
            await outgoing.mail(uow, incident, ticket, update_id=update_id, now=now)
        if len(chosen) == BATCH:
            await outgoing.mail_batch(uow, incident, update_id, now=now)


class SendIncidentUpdate:
    """`email.incident_update`: one mail of an update, never twice: what may have left is not sent again."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        update_id, ticket_id = entry.payload["update_id"], entry.payload["ticket_id"]
        async with self._services.storage.reading() as uow:
            state = await uow.incident_mails.state(update_id, ticket_id)
            update = await uow.incident_mails.get(update_id)
            ticket = await uow.tickets.get(ticket_id)
            opening = await uow.emails.get(ticket.trace_id)
            incident = await uow.incidents.of_ticket(ticket_id)
            verdict = await outbound.judge(self._services, uow, ticket, kind=MessageKind.INCIDENT_UPDATE)
        if state is MailState.SENDING:
            return self._step(update, ticket, state, MailState.UNCLEAR, "the process ended while it was sent")
        if state is not MailState.QUEUED:
            return effects.nothing
        if incident is None or incident.id != update.incident_id:
            return self._step(update, ticket, state, MailState.REFUSED, "taken out of the incident")
        if verdict.refusal:
            return lambda uow: self._refused(uow, update, ticket, verdict)
        message = render.update(
            compose.update(self._services, ticket, opening.email, entry_id=entry.id, text=update.body)
        )
        return await self._send(update, ticket, message)

    async def _send(self, update: Update, ticket: Ticket, message: EmailMessage) -> Record:
        await self._note(update, ticket, MailState.QUEUED, MailState.SENDING)
        try:
            await self._services.mail_sender.send(
                message,
                envelope_from=self._services.config.desk.addresses[0],
                recipient=ticket.requester.email,
            )
        except PermanentError as error:
            return self._returned(update, ticket, error)
        except DeliveryError:
            await self._note(update, ticket, MailState.SENDING, MailState.QUEUED)
            raise
        return lambda uow: self._sent(uow, update, ticket, message)

    async def _note(self, update: Update, ticket: Ticket, expected: MailState, to: MailState) -> None:
        """Write at once what a crash must not lose."""
        async with self._services.storage.unit_of_work() as uow:
            await uow.incident_mails.step(update.id, ticket.id, expected=expected, to=to)
            await uow.commit()

    async def _sent(self, uow: UnitOfWork, update: Update, ticket: Ticket, message: EmailMessage) -> None:
        now = self._services.clock()
        await self._end(uow, update, ticket, MailState.SENDING, MailState.SENT)
        await uow.messages.add(
            ticket_id=ticket.id,
            kind=MessageKind.INCIDENT_UPDATE,
            message_id=message["Message-ID"],
            author=update.author,
            body=update.body,
            now=now,
        )
        await outbound.record_sent(self._services, uow, ticket, message)
        await uow.audit.add(
            "incident_update_sent",
            trace_id=ticket.trace_id,
            ticket_id=ticket.id,
            actor=update.author,
            now=now,
            message_id=message["Message-ID"],
        )

    async def _refused(self, uow: UnitOfWork, update: Update, ticket: Ticket, verdict: Verdict) -> None:
        reason = str(verdict.refusal or "").replace("_", " ")
        await self._end(uow, update, ticket, MailState.QUEUED, MailState.REFUSED, reason)
        await outbound.record_refused(self._services, uow, ticket, verdict, action="incident_update_refused")

    def _returned(self, update: Update, ticket: Ticket, error: PermanentError) -> Record:
        """The mail server takes no such mail."""

        async def record(uow: UnitOfWork) -> None:
            await self._end(
                uow, update, ticket, MailState.SENDING, MailState.REFUSED, "refused by the mail server"
            )
            if isinstance(error, RecipientRefusedError):
                await send.refused(self._services, ticket, error)(uow)

        return record

    def _step(
        self, update: Update, ticket: Ticket, expected: MailState, to: MailState, reason: str
    ) -> Record:
        return lambda uow: self._end(uow, update, ticket, expected, to, reason)

    async def _end(
        self,
        uow: UnitOfWork,
        update: Update,
        ticket: Ticket,
        expected: MailState,
        to: MailState,
        reason: str | None = None,
    ) -> None:
        """Write how one mail ended, and show it on the card when its pace allows."""
        await uow.incident_mails.step(update.id, ticket.id, expected=expected, to=to, reason=reason)
        await outgoing.digest(self._services, uow, await uow.incidents.get(update.incident_id))
