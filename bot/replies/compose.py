"""From a ticket to the values of a mail to its customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.replies import headers
from bot.replies.mails import AcknowledgementMail, ReplyMail, UpdateMail
from routing.email import Address
from routing.ticket import MessageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.services import Services
    from routing.email import InboundEmail
    from routing.sla_clock import Clock
    from routing.ticket import Message, Ticket


def acknowledgement(
    services: Services,
    ticket: Ticket,
    opening: InboundEmail | None,
    *,
    promise: Clock | None,
    entry_id: int,
    incident_text: str = "",
) -> AcknowledgementMail:
    """The mail that tells the ticket's number, when to expect an answer, and what is known of its incident.

    `promise` is the clock of its first response.
    """
    config = services.config
    return AcknowledgementMail(
        **_common(services, ticket, opening, entry_id=entry_id, kind="acknowledgement"),
        queue_name=config.queue(ticket.queue).name,
        response_within=ticket.response_due_at - ticket.created_at if ticket.response_due_at else None,
        response_by=_by(promise),
        urgent_word=config.mail.urgent_word,
        incident_text=incident_text,
    )


def _by(promise: Clock | None) -> datetime | None:
    """Within four hours of work says nothing to who does not know our hours: a time of day does."""
    if promise is None or promise.hours is None or promise.due_at is None:
        return None
    return promise.due_at.astimezone(ZoneInfo(promise.hours.zone))


def update(
    services: Services, ticket: Ticket, opening: InboundEmail | None, *, entry_id: int, text: str
) -> UpdateMail:
    """What a lead wrote to all requesters of an incident, as one of them gets it; also what the preview shows."""
    values = _common(services, ticket, opening, entry_id=entry_id, kind="update")
    return UpdateMail(**values, text=text)


def reply(
    services: Services,
    ticket: Ticket,
    opening: InboundEmail | None,
    *,
    messages: Sequence[Message],
    entry_id: int,
    text: str,
    agent_name: str,
) -> ReplyMail:
    """An agent's answer to the customer's newest mail; also what the preview shows."""
    values = _common(services, ticket, opening, entry_id=entry_id, kind="reply")
    inbound = [message.message_id for message in messages if message.kind is MessageKind.INBOUND]
    known = [message.message_id for message in messages if message.message_id]
    newest = next((message_id for message_id in reversed(inbound) if message_id), None)
    values |= {"in_reply_to": newest, "references": (*values["references"], *known)}
    return ReplyMail(**values, text=text, agent_name=agent_name)


def _common(
    services: Services, ticket: Ticket, opening: InboundEmail | None, *, entry_id: int, kind: str
) -> dict[str, Any]:
    """What both mails have in common."""
    config = services.config
    own_address = config.desk.addresses[0]
    domain = own_address.rpartition("@")[2]
    return {
        "sender": Address(email=own_address, name=config.mail.sender_name),
        "recipient": ticket.requester,
        "reference": services.reference(ticket.id),
        "mark": services.reply_tokens.subject_mark(ticket.id),
        "reply_to": services.reply_tokens.address(ticket.id, base=own_address)
        if config.desk.signed_reply_address
        else None,
        "subject": ticket.subject,
        "message_id": headers.message_id(
            outbox_id=entry_id, mark=services.reply_tokens.message_mark(entry_id), kind=kind, domain=domain
        ),
        "in_reply_to": opening.message_id if opening else None,
        "references": opening.references if opening else (),
        "sent_at": services.clock(),
        "trace_id": ticket.trace_id,
        "domain": domain,
        "desk_name": config.desk.name,
        "footer": config.mail.footer,
    }
