"""A database with a past: so many finished records that a query that walks through them would be felt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from routing.decision import RoutingDecision
from storage.schema import (
    attachments,
    audit,
    emails,
    escalations,
    incident_mails,
    incident_tickets,
    incident_updates,
    incidents,
    message_ids,
    messages,
    outbox,
    routing_labels,
    rule_hits,
    rulesets,
    tickets,
)
from storage.unit_of_work import Storage
from tests.routing.mails import mail
from tests.storage.samples import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Table

PAST = 3_000
_NORMALISED = mail().model_dump_json()
_DECISION = RoutingDecision(
    queue="billing", intent="refund", confidence=0.9, ruleset="0" * 64
).model_dump_json()


async def write(url: str) -> None:
    """Fill a migrated database."""
    storage = Storage(url)
    async with storage.database.connection() as connection:
        for table, row in _ROWS.items():
            await connection.execute(insert(table), [row(number) for number in range(1, PAST + 1)])
        if not storage.database.is_sqlite:  # as autovacuum does in time; nobody does it for SQLite
            await connection.execute(text("ANALYZE"))
        await connection.commit()
    await storage.database.close()


_DECISION = RoutingDecision(
    queue="billing", intent="billing", confidence=0.9, rule="rule-1", ruleset="abc"
).model_dump_json()


def _ticket(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "tenant": "acme",
        "trace_id": f"trace-{number}",
        "queue": "billing",
        "subject": "Refund",
        "requester_email": f"{number}@customer.example",
        "requester_name": "Maria Costa",
        "tier": "standard",
        "state": "resolved" if number % 50 else "open",
        "priority": "normal",
        "created_at": NOW,
        "assignee_id": f"U{number % 20}" if number % 3 else None,
        "storm_intent": None if number % 30 else "malfunction",
    }


def _incident(number: int) -> dict[str, Any]:
    return {
        "tenant": "acme",
        "intent": f"intent-{number}",
        "title": "The page says 503",
        "opening": "storm",
        "state": "resolved" if number % 50 else "open",
        "gathers": None if number % 50 else "all",
        "first_ticket_id": number,
        "opened_by": "deskbell",
        "opened_at": _ago(number),
        "last_joined_at": NOW,
        "digested_at": NOW,
    }


def _incident_ticket(number: int) -> dict[str, Any]:
    return {
        "ticket_id": number,
        "incident_id": 1 + number // 10,
        "joined_at": NOW,
        "has_card": False,
        "digest": number if number % 50 else None,
    }


def _incident_update(number: int) -> dict[str, Any]:
    return {"incident_id": number, "author": "U1", "body": "We look into it.", "sent_at": NOW}


def _incident_mail(number: int) -> dict[str, Any]:
    return {
        "update_id": 1 + number // 10,
        "ticket_id": number,
        "state": "sent" if number % 50 else "waiting",
    }


def _email(number: int) -> dict[str, Any]:
    return {
        "trace_id": f"trace-{number}",
        "tenant": "acme",
        "source": "mailparse",
        "provider": "mailparse",
        "dedup_key": f"delivery-{number}",
        "content_type": "application/json",
        "raw": b"{}",
        "received_at": _ago(number),
        "state": "done" if number % 50 else "in_flight",
        "ticket_id": number,
        "normalised": _NORMALISED,
        "decision": _DECISION if number % 50 else None,
    }


def _attachment(number: int) -> dict[str, Any]:
    return {
        "trace_id": f"trace-{number}",
        "position": 0,
        "filename": "invoice.pdf",
        "declared_type": "application/pdf",
        "size": 2_000,
        "state": "clean" if number % 50 else "infected",
    }


def _message_id(number: int) -> dict[str, Any]:
    return {
        "tenant": "acme",
        "message_id": f"<{number}@customer.example>",
        "ticket_id": number,
        "is_own": False,
    }


def _message(number: int) -> dict[str, Any]:
    return {
        "ticket_id": number,
        "kind": "inbound",
        "message_id": f"<{number}@customer.example>",
        "author": "maria@customer.example",
        "body": "Please refund one payment.",
        "created_at": NOW,
    }


def _escalation(number: int) -> dict[str, Any]:
    return {
        "ticket_id": number,
        "reason": "A customer waits.",
        "urgency": "high",
        "target": "U1",
        "started_by": "U2",
        "started_at": NOW,
    }


def _audit(number: int) -> dict[str, Any]:
    return {
        "trace_id": f"trace-{number}",
        "ticket_id": number,
        "at": NOW,
        "actor": "deskbell",
        "action": "opened",
        "detail": "{}",
    }


def _ruleset(number: int) -> dict[str, Any]:
    return {"content_hash": f"hash-{number}", "content": "{}", "first_used_at": NOW}


def _rule_hit(number: int) -> dict[str, Any]:
    return {"rule": f"rule-{number % 30}", "at": _ago(number), "trace_id": f"trace-{number}"}


def _routing_label(number: int) -> dict[str, Any]:
    return {
        "trace_id": f"trace-{number}",
        "ticket_id": number,
        "at": _ago(number),
        "actor": "U1",
        "kind": "reassigned",
        "from_queue": "billing",
        "to_queue": "orders",
        "rule": f"rule-{number % 30}",
        "ruleset": "abc",
    }


def _ago(number: int) -> datetime:
    return NOW - timedelta(hours=number)


def _entry(number: int) -> dict[str, Any]:
    unfinished = {0: "ready", 1: "leased", 2: "dead"}
    state = unfinished.get(number % 100, "done")
    return {
        "kind": "email.reply",
        "lane": f"lane-{number % 5}",
        "ordering_key": f"ticket:{number % 40}" if number % 3 else None,
        "dedup_key": f"email.reply:{number}",
        "payload": "{}",
        "trace_id": f"trace-{number}",
        "state": state,
        "due_at": NOW,
        "leased_until": NOW if state == "leased" else None,
        "leased_by": "worker-1" if state == "leased" else None,
        "created_at": NOW,
    }


_ROWS: dict[Table, Callable[[int], dict[str, Any]]] = {
    tickets: _ticket,
    emails: _email,
    attachments: _attachment,
    messages: _message,
    message_ids: _message_id,
    escalations: _escalation,
    audit: _audit,
    outbox: _entry,
    rulesets: _ruleset,
    rule_hits: _rule_hit,
    routing_labels: _routing_label,
    incidents: _incident,
    incident_tickets: _incident_ticket,
    incident_updates: _incident_update,
    incident_mails: _incident_mail,
}
