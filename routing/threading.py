"""Which ticket does this mail belong to?

A Message-ID of ours, or one seen before, says so, newest first. The sender must take part in the ticket already:
Message-IDs can be guessed and are seen by everybody whom a mail was forwarded to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from routing.ticket import MessageKind, Ticket, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routing.email import InboundEmail
    from routing.ticket import Message

REOPEN_WITHIN = timedelta(days=7)
"""How long after its resolution a ticket is opened again by an answer; later ones open a new ticket."""


class Signal(StrEnum):
    """What tied a mail to a ticket."""

    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class Match:
    """A ticket that the mail names, and how."""

    ticket_id: int
    signal: Signal
    message_id: str


def named_ids(email: InboundEmail) -> dict[str, Signal]:
    """The Message-IDs that the mail answers to, the most telling first."""
    ids = dict.fromkeys(email.in_reply_to, Signal.IN_REPLY_TO)
    for message_id in reversed(email.references):
        ids.setdefault(message_id, Signal.REFERENCES)
    return ids


def match(email: InboundEmail, tickets_by_message_id: Mapping[str, int]) -> Match | None:
    """The first of the named ids that is known."""
    for message_id, signal in named_ids(email).items():
        if message_id in tickets_by_message_id:
            return Match(tickets_by_message_id[message_id], signal, message_id)
    return None


def is_participant(email: InboundEmail, ticket: Ticket, messages: Iterable[Message]) -> bool:
    """Whether the sender wrote in this ticket before."""
    if email.sender is None:
        return False
    authors = {message.author for message in messages if message.kind is MessageKind.INBOUND}
    return email.sender.email in authors | {ticket.requester.email}


def continues(ticket: Ticket, now: datetime) -> bool:
    """Whether a mail to this ticket still belongs in it."""
    return ticket.state is TicketState.OPEN or (
        ticket.resolved_at is not None and now - ticket.resolved_at <= REOPEN_WITHIN
    )
