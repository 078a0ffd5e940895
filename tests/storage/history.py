"""A database with a past: so many finished records that a query that walks through them would be felt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from routing.decision import RoutingDecision
from storage.schema import (
    announced_shifts,
    attachments,
    audit,
    duty_copies,
    emails,
    escalation_responders,
    escalation_steps,
    escalations,
    incident_mails,
    incident_tickets,
    incident_updates,
    incidents,
    message_ids,
    messages,
    on_call_overrides,
    on_call_swaps,
    outbox,
    pages,
    routing_labels,
    rule_hits,
    rulesets,
    sla_clocks,
    tickets,
    turns,
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
        "trigger": "pressed",
        "policy": '{"steps":[{"notify":["on_call"]}]}',
        "state": "ended" if number % 50 else "running",
        "generation": 1,
        "lap": 1,
        "repeats": 0,
        "position": 0,
        "next_at": None if number % 50 else NOW,
        "is_unanswered": False,
        "is_asked": False,
    }


def _escalation_step(number: int) -> dict[str, Any]:
    return {
        "escalation_id": number,
        "lap": 1,
        "position": 0,
        "action": "notify",
        "due_at": NOW,
        "ran_at": NOW,
        "is_late": False,
        "outcome": "calls U1",
        "called": "U1",
        "calls": 1,
        "failed": 0,
    }


def _responder(number: int) -> dict[str, Any]:
    return {
        "escalation_id": number,
        "person": "U3",
        "asked_by": "U2",
        "asked_at": NOW,
        "is_in_charge": False,
    }


def _page(number: int) -> dict[str, Any]:
    return {"escalation_id": number, "channel": "C1", "ts": f"{number}.1", "role": "main"}


def _turn(number: int) -> dict[str, Any]:
    return {"queue": f"queue-{number}", "person": "U1", "called_at": NOW}


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


def _override(number: int) -> dict[str, Any]:
    return {
        "schedule": "support" if number % 2 else "night",
        "person": "U1",
        "start_at": _ago(number + 1),
        "end_at": _ago(number - 2),
        "created_by": "U2",
        "created_at": _ago(number + 2),
        "cancelled_at": None if number % 3 else NOW,
    }


def _swap(number: int) -> dict[str, Any]:
    return {
        "schedule": "support",
        "requester": f"U{number % 20}",
        "person": "U2",
        "start_at": _ago(number),
        "end_at": _ago(number - 2),
        "state": "accepted" if number % 50 else "open",
        "created_at": _ago(number + 2),
    }


def _duty_copy(number: int) -> dict[str, Any]:
    return {"schedule": f"schedule-{number}", "content": "[]", "fetched_at": NOW}


def _announced(number: int) -> dict[str, Any]:
    return {"schedule": f"schedule-{number}", "people": "[]", "announced_at": NOW}


def _sla_clock(number: int) -> dict[str, Any]:
    return {
        "ticket_id": number,
        "metric": "first_response",
        "number": 1,
        "started_at": NOW,
        "target_seconds": 3_600,
        "warn_at": 0.8,
        "pauses": "[]",
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
    escalation_steps: _escalation_step,
    escalation_responders: _responder,
    pages: _page,
    turns: _turn,
    audit: _audit,
    outbox: _entry,
    rulesets: _ruleset,
    rule_hits: _rule_hit,
    routing_labels: _routing_label,
    on_call_overrides: _override,
    on_call_swaps: _swap,
    duty_copies: _duty_copy,
    announced_shifts: _announced,
    sla_clocks: _sla_clock,
    incidents: _incident,
    incident_tickets: _incident_ticket,
    incident_updates: _incident_update,
    incident_mails: _incident_mail,
}
