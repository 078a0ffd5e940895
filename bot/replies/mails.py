"""The mails that a customer gets, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from routing.email import Address


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerMail:
    """What every mail to a customer needs. What the customer wrote may be hostile."""

    sender: Address
    recipient: Address
    reference: str
    """The ticket as people name it: `DB-1042`."""
    mark: str
    """Stands behind the reference in the subject and proves that this desk wrote it."""
    reply_to: str | None
    """The signed address that answers go to; None where it is the sender's."""
    subject: str
    """Of the mail that is answered, as it came."""
    message_id: str
    in_reply_to: str | None
    """Message-ID of the mail that is answered: the customer's newest."""
    references: tuple[str, ...]
    """References of that mail."""
    sent_at: datetime
    trace_id: str
    domain: str
    """The desk's own; marks the mail, so that it is known when it comes back."""
    desk_name: str
    """Who writes: `Acme Shop`."""
    footer: str
    """Legal text; may have several lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AcknowledgementMail(CustomerMail):
    """Tells the ticket number at once; sent by no person."""

    queue_name: str
    response_within: timedelta | None
    """The SLA's first response, around the clock; None promises none."""
    response_by: datetime | None = None
    """When it is due, in the zone of the business hours that it is counted in; None for `response_within`."""
    urgent_word: str
    """What the customer writes first when it is urgent."""
    incident_text: str = ""
    """What a lead has written to all requesters of the ticket's incident; empty where nothing was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyMail(CustomerMail):
    """What an agent wrote."""

    text: str
    agent_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateMail(CustomerMail):
    """What a lead wrote to all requesters of an incident."""

    text: str
