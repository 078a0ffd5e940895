"""What a page says of a ticket to a service outside: number, queue, subject and link, no more of the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.integrations.interfaces import PageCall
from routing.email import clean_line
from routing.escalation import EscalationState
from routing.ticket import TicketState

if TYPE_CHECKING:
    from bot.services import Services
    from routing.escalation import Escalation
    from routing.ticket import Ticket

_LONGEST_SUBJECT: Final = 120
_QUIET: Final = frozenset({EscalationState.ACKNOWLEDGED, EscalationState.SNOOZED, EscalationState.ENDED})


def dedup_key(services: Services, escalation: Escalation) -> str:
    """The same for all that is ever told of an escalation: `DB-1042/7`."""
    return f"{services.reference(escalation.ticket_id)}/{escalation.id}"


def build(services: Services, escalation: Escalation, ticket: Ticket, *, number: int) -> PageCall:
    """The call about a ticket as it is now; `ticket` may be the one that the escalation's was merged into."""
    queue = services.config.queue(ticket.queue).name
    reference, subject = services.reference(ticket.id), _subject(ticket)
    return PageCall(
        dedup_key=dedup_key(services, escalation),
        summary=f"{reference} {queue}: {subject}",
        severity=escalation.urgency,
        source=services.config.desk.addresses[0].rpartition("@")[2],
        link=services.trace_links.url(ticket.trace_id, now=services.clock()),
        details={"ticket": reference, "queue": queue, "subject": subject},
        number=number,
    )


def not_wanted(escalation: Escalation, ticket: Ticket) -> str:
    """Why nobody is to be called any more; empty while somebody is."""
    if escalation.state in _QUIET:
        return f"it is {escalation.state}"
    if ticket.state is TicketState.RESOLVED:
        return "the ticket is resolved"
    return ""


def _subject(ticket: Ticket) -> str:
    subject = clean_line(ticket.subject) or "(no subject)"
    return subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[: _LONGEST_SUBJECT - 1].rstrip()}…"
