"""Which ticket does this mail belong to?

Signals in order: the signed reply address, a Message-ID of ours, any Message-ID seen before, the signed number in the
subject. A signal only names a ticket; whether the mail may join is asked next. The sender must take part in the ticket
already, because headers are seen by everybody whom a mail was forwarded to. What falls short of a join is a
suggestion, for a person to press.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from routing.ticket import MessageKind, Ticket, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from routing.email import InboundEmail
    from routing.reply_tokens import ReplyTokens
    from routing.ticket import Message

MAX_IDS = 100
"""Ids of one mail that are looked at: a References header may be as long as its sender likes."""


class Signal(StrEnum):
    """What named the ticket; stored strings, stable for ever."""

    REPLY_ADDRESS = "reply_address"
    OWN_MESSAGE_ID = "own_message_id"
    SEEN_MESSAGE_ID = "seen_message_id"
    SUBJECT_MARK = "subject_mark"
    SUBJECT_NUMBER = "subject_number"
    BOUNCE = "bounce"
    """A mail of ours came back: its sender is a mail server, which takes part in no ticket."""

    @property
    def is_proof(self) -> bool:
        """Whether it may lead to a join; a bare number can be guessed."""
        return self is not Signal.SUBJECT_NUMBER


class Known(NamedTuple):
    """Where a Message-ID belongs, and whether the desk made it itself."""

    ticket_id: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A ticket that the mail names, by what, and the evidence as it stood there."""

    ticket_id: int
    signal: Signal
    evidence: str


class Obstacle(StrEnum):
    """Why a mail that names a ticket does not join it; stored strings, stable for ever."""

    NOT_A_PROOF = "not_a_proof"
    NOT_A_PARTICIPANT = "not_a_participant"
    NOT_AUTHENTICATED = "not_authenticated"
    TOO_LATE = "too_late"


def named_ids(email: InboundEmail) -> tuple[str, ...]:
    """The Message-IDs that the mail answers to, the newest first."""
    return tuple(dict.fromkeys((*email.in_reply_to, *reversed(email.references))))[:MAX_IDS]


def match(email: InboundEmail, known: Mapping[str, Known], tokens: ReplyTokens) -> Match | None:
    """The strongest signal. `known` holds those of `named_ids` that were seen before."""
    recipients = (*(address.email for address in (*email.to, *email.cc)), *email.envelope_to)
    if by_address := tokens.ticket_of_addresses(recipients):
        return Match(by_address[0], Signal.REPLY_ADDRESS, by_address[1])
    found = [(message_id, known[message_id]) for message_id in named_ids(email) if message_id in known]
    for message_id, owner in sorted(found, key=lambda item: not item[1].is_own):
        signal = Signal.OWN_MESSAGE_ID if owner.is_own else Signal.SEEN_MESSAGE_ID
        return Match(owner.ticket_id, signal, message_id)
    if by_subject := tokens.ticket_of_subject(email.subject):
        return Match(by_subject[0], Signal.SUBJECT_MARK, by_subject[1])
    number = tokens.number_in_subject(email.subject)
    return None if number is None else Match(number, Signal.SUBJECT_NUMBER, f"{number}")


def obstacle(
    match: Match,
    email: InboundEmail,
    ticket: Ticket,
    messages: Iterable[Message],
    *,
    is_authentication_failed: bool,
    now: datetime,
    grace: timedelta,
) -> Obstacle | None:
    """What keeps the mail out of the ticket; None when it joins.

    `grace` is how long after its resolution an answer may open the ticket again.
    """
    if not match.signal.is_proof:
        return Obstacle.NOT_A_PROOF
    if is_authentication_failed:
        return Obstacle.NOT_AUTHENTICATED
    if not _is_participant(email, ticket, messages):
        return Obstacle.NOT_A_PARTICIPANT
    if ticket.state is TicketState.RESOLVED and ticket.resolved_at and now - ticket.resolved_at > grace:
        return Obstacle.TOO_LATE
    return None


def _is_participant(email: InboundEmail, ticket: Ticket, messages: Iterable[Message]) -> bool:
    """Whether the sender wrote in this ticket before, or is its requester."""
    if email.sender is None:
        return False
    authors = {message.author for message in messages if message.kind is MessageKind.INBOUND}
    return email.sender.email in authors | {ticket.requester.email}
