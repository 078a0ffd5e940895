"""Calls by e-mail, where nothing else is left. It goes to staff, so the gate for customers has no say."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Final

from bot.escalation import page_call
from bot.replies import headers, mime
from routing.ticket import DESKBELL

if TYPE_CHECKING:
    from bot.effects import Record
    from bot.integrations.interfaces import PageCall
    from bot.services import Services
    from routing.escalation import Escalation
    from storage.outbox import OutboxEntry
    from storage.unit_of_work import UnitOfWork

_NULL_PATH: Final = ""
"""No bounce comes back: it would only become a ticket."""


class PageByMail:
    """`email.page`: one mail to a member of staff or to an on-call address."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, entry: OutboxEntry) -> Record:
        to: str = entry.payload["to"]
        async with self._services.storage.reading() as uow:
            escalation = await uow.escalations.get(entry.payload["escalation_id"])
            ticket = await uow.relations.whole(escalation.ticket_id)
        if reason := page_call.not_wanted(escalation, ticket):
            return lambda uow: self._audit(uow, entry, escalation, "page_skipped", reason=reason)
        call = page_call.build(self._services, escalation, ticket, number=1)
        message = _message(self._services, call, to=to, entry_id=entry.id, trace_id=entry.trace_id)
        await self._services.mail_sender.send(message, envelope_from=_NULL_PATH, recipient=to)
        return lambda uow: self._audit(
            uow, entry, escalation, "paged_by_mail", message_id=str(message["Message-ID"])
        )

    async def _audit(
        self, uow: UnitOfWork, entry: OutboxEntry, escalation: Escalation, action: str, **detail: str
    ) -> None:
        await uow.audit.add(
            action,
            trace_id=entry.trace_id,
            ticket_id=escalation.ticket_id,
            actor=DESKBELL,
            now=self._services.clock(),
            escalation=str(escalation.id),
            to=entry.payload["to"],
            **detail,
        )


def _message(services: Services, call: PageCall, *, to: str, entry_id: int, trace_id: str) -> EmailMessage:
    config = services.config
    message = EmailMessage(policy=mime.POLICY)
    message["From"] = mime.mailbox(config.desk.addresses[0], config.mail.sender_name)
    message["To"] = mime.mailbox(to, "")
    message["Subject"] = headers.safe(f"Page ({call.severity}): {call.summary}")
    message["Date"] = services.clock()
    message["Message-ID"] = headers.message_id(
        outbox_id=entry_id,
        mark=services.reply_tokens.message_mark(entry_id),
        kind="page",
        domain=call.source,
    )
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Deskbell-Loop"] = call.source
    message["X-Deskbell-Trace"] = trace_id
    message["Importance"] = "high"
    message.set_content(_text(call, desk_name=config.desk.name))
    return message


def _text(call: PageCall, *, desk_name: str) -> str:
    return f"""You are called: nobody has acknowledged this ticket yet.

Ticket:   {call.details["ticket"]}
Queue:    {call.details["queue"]}
Priority: {call.severity}
Subject:  {call.details["subject"]}

The mail and all that was done: {call.link}

To take it, press Acknowledge on its page in Slack. An answer to this mail does not take it.

{desk_name}
"""
