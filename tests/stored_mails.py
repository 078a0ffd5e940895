"""Decided mails written straight into a database, for tests and benchmarks that need more than a desk would take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from routing import engine
from routing.circumstances import Circumstances
from routing.email import Address, InboundEmail
from storage.schema import emails, tickets

if TYPE_CHECKING:
    from routing.decision import RoutingDecision
    from routing.rules import Ruleset
    from storage.unit_of_work import Storage

FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUBJECTS = ("Refund for invoice INV-2041", "Where is my parcel?", "I cannot log in", "A question")
_BATCH = 2_000


async def write(storage: Storage, ruleset: Ruleset, *, count: int, text: str = "Hello.") -> None:
    """So many mails, a minute apart, as triage would have left them; every second ticket was claimed."""
    # All mails of a subject are decided alike, so each is decided once.
    decisions = {
        subject: engine.route(engine.RoutingFacts(email=_mail(number, text)), ruleset)
        for number, subject in enumerate(SUBJECTS)
    }
    numbers = iter(range(count))
    while batch := list(islice(numbers, _BATCH)):
        mails = {number: _mail(number, text) for number in batch}
        async with storage.database.connection() as connection:
            await connection.execute(
                insert(tickets), [_ticket(n, mail, decisions[mail.subject]) for n, mail in mails.items()]
            )
            await connection.execute(
                insert(emails), [_email(n, mail, decisions[mail.subject]) for n, mail in mails.items()]
            )
            await connection.commit()


def _mail(number: int, text: str) -> InboundEmail:
    return InboundEmail(
        received_at=FIRST + timedelta(minutes=number),
        sender=Address(email=f"{number}@customer.example"),
        to=(Address(email="support@acme.example"),),
        subject=SUBJECTS[number % len(SUBJECTS)],
        text=text,
    )


def _ticket(number: int, email: InboundEmail, decision: RoutingDecision) -> dict[str, Any]:
    return {
        "id": number + 1,
        "tenant": "acme",
        "trace_id": f"trace-{number}",
        "queue": decision.queue,
        "subject": email.subject,
        "requester_email": f"{number}@customer.example",
        "requester_name": "",
        "tier": "standard",
        "state": "open",
        "priority": "normal",
        "created_at": email.received_at,
        "assignee_id": "U1" if number % 2 else None,
    }


def _email(number: int, email: InboundEmail, decision: RoutingDecision) -> dict[str, Any]:
    return {
        "trace_id": f"trace-{number}",
        "tenant": "acme",
        "source": "mailparse",
        "provider": "mailparse",
        "dedup_key": f"delivery-{number}",
        "content_type": "application/json",
        "raw": b"{}",
        "received_at": email.received_at,
        "state": "done",
        "ticket_id": number + 1,
        "normalised": email.model_dump_json(),
        "decision": decision.model_dump_json(),
        "circumstances": Circumstances().model_dump_json(),
    }
