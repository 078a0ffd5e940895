"""No query of the daily work walks through the history: each names the index that serves it."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from routing import sla_trail
from storage.errors import LeaseLostError
from storage.outbox import OutboxEntry
from storage.replay_mails import Scope
from storage.swaps import SwapState
from tests.storage import history
from tests.storage.databases import migrate
from tests.storage.samples import LEASE, NOW, SECOND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.unit_of_work import Storage, UnitOfWork
    from tests.storage.databases import Databases

LANE = "lane-0"
LEASED = OutboxEntry(
    id=101,
    kind="email.reply",
    lane="lane-1",
    ordering_key=None,
    payload={},
    trace_id="trace-101",
    state="leased",
    attempts=1,
    due_at=NOW,
    leased_by="worker-1",
    last_error=None,
    created_at=NOW,
    done_at=None,
)


async def finish(uow: UnitOfWork) -> None:
    with suppress(LeaseLostError):  # only the question matters
        await uow.outbox.finish(LEASED, NOW)


async def hasten(uow: UnitOfWork) -> None:
    await uow.outbox.hasten(LANE, "ticket:20", now=NOW)


async def edit(uow: UnitOfWork) -> None:
    await uow.outbox.enqueue_once_ready(
        "email.reply", lane=LANE, ordering_key="ticket:20", payload={}, trace_id="trace-1", now=NOW
    )


LAST_DAY = Scope(since=NOW - timedelta(days=1))


async def replay_pages(uow: UnitOfWork) -> None:
    first = await uow.replay_mails.next_span(LAST_DAY, after=None, limit=1)
    assert first
    second = await uow.replay_mails.next_span(LAST_DAY, after=first.oldest, limit=10)
    assert second
    assert await uow.replay_mails.of_span(LAST_DAY, second)
    assert await uow.replay_mails.page(LAST_DAY, after=first.oldest, limit=10)


async def send_update(uow: UnitOfWork) -> None:
    update_id = await uow.incident_mails.save_draft(7, author="U1", body="Solved")
    await uow.incident_mails.send(update_id, now=NOW)


FULL_SCAN = re.compile(r"Seq Scan on \w+|^SCAN (?!lanes$|chosen$|newest$|oldest$)\w+$", re.MULTILINE)
"""As PostgreSQL and as SQLite say it; the names are those of temporary results."""

Query = tuple[str, "Callable[[UnitOfWork], Awaitable[Any]]", set[str]]
QUERIES: list[Query] = [
    (
        "outbox.claim",
        lambda uow: uow.outbox.claim(LANE, limit=4, worker="worker-1", now=NOW, lease=LEASE),
        {"ix_outbox_ready", "ix_outbox_order"},
    ),
    ("outbox.due_lanes", lambda uow: uow.outbox.due_lanes(NOW), {"ix_outbox_ready"}),
    ("outbox.next_due_at", lambda uow: uow.outbox.next_due_at(NOW), {"ix_outbox_ready", "ix_outbox_leased"}),
    (
        "retention.forget_done",
        lambda uow: uow.retention.forget_done(before=NOW, after_id=0, limit=500),
        set(),
    ),
    (
        "retention.forget_rule_hits",
        lambda uow: uow.retention.forget_rule_hits(before=NOW, limit=500),
        set(),
    ),
    ("outbox.finish", finish, set()),
    ("outbox.enqueue_once_ready", edit, {"ix_outbox_order"}),
    ("outbox.hasten", hasten, {"ix_outbox_ready"}),
    ("outbox.reap", lambda uow: uow.outbox.reap(NOW - LEASE), {"ix_outbox_leased"}),
    (
        "replay_mails.unclaimed",
        lambda uow: uow.replay_mails.unclaimed(),
        {"ix_tickets_open"},
    ),
    (
        "replay_mails.waiting",
        lambda uow: uow.replay_mails.waiting(LAST_DAY, [1001, 1002]),
        {"ix_routing_labels_ticket_id"},
    ),
    ("outbox.lessees", lambda uow: uow.outbox.lessees(), {"ix_outbox_leased"}),
    ("outbox.free", lambda uow: uow.outbox.free("worker-1"), {"ix_outbox_leased"}),
    ("outbox.dead", lambda uow: uow.outbox.dead(limit=10), {"ix_outbox_dead"}),
    ("outbox.redrive", lambda uow: uow.outbox.redrive(102, now=NOW), set()),
    (
        "outbox.counts",
        lambda uow: uow.outbox.counts(NOW),
        {"ix_outbox_ready", "ix_outbox_leased", "ix_outbox_dead"},
    ),
    ("outbox.for_trace", lambda uow: uow.outbox.for_trace("trace-7"), {"ix_outbox_trace_id"}),
    ("emails.get", lambda uow: uow.emails.get("trace-7"), set()),
    ("emails.raw", lambda uow: uow.emails.raw("trace-7"), set()),
    ("emails.finish", lambda uow: uow.emails.finish("trace-7", ticket_id=7), set()),
    ("emails.unfinished_counts", lambda uow: uow.emails.unfinished_counts(), {"ix_emails_unfinished"}),
    ("attachments.of_mail", lambda uow: uow.attachments.of_mail("trace-7"), set()),
    (
        "attachments.alarming",
        lambda uow: uow.attachments.alarming(7, limit=10),
        {"ix_emails_ticket_id", "ix_tickets_related_id"},
    ),
    ("replay_mails.of_span", replay_pages, {"ix_emails_decided"}),
    (
        "replay_mails.count",
        lambda uow: uow.replay_mails.count(Scope(since=NOW + SECOND)),
        {"ix_emails_decided"},
    ),
    ("emails.parked", lambda uow: uow.emails.parked(limit=10), {"ix_emails_unfinished"}),
    ("tickets.assigned_to", lambda uow: uow.tickets.assigned_to("U1", limit=10), {"ix_tickets_open"}),
    ("tickets.health_by_queue", lambda uow: uow.tickets.health_by_queue(NOW), {"ix_tickets_open"}),
    (
        "tickets.recent_of",
        lambda uow: uow.tickets.recent_of("7@customer.example", tenant="acme", since=NOW),
        {"ix_tickets_requester"},
    ),
    ("tickets.claim", lambda uow: uow.tickets.claim(7, agent_id="U1", now=NOW), set()),
    (
        "messages.of_ticket",
        lambda uow: uow.messages.of_ticket(7),
        {"ix_messages_ticket_id", "ix_tickets_related_id"},
    ),
    (
        "messages.newest_inbound",
        lambda uow: uow.messages.newest_inbound(7),
        {"ix_messages_ticket_id", "ix_tickets_related_id"},
    ),
    (
        "escalation_audit.open_ones",
        lambda uow: uow.escalation_audit.open_ones(timer_kind="escalation.step", after_ticket=0, limit=10),
        {"ix_escalations_open"},
    ),
    (
        "escalation_audit.waiting_calls",
        lambda uow: uow.escalation_audit.waiting_calls([7, 8], kinds=["slack.page"], before=NOW),
        {"ix_outbox_trace_id"},
    ),
    (
        "escalations.latest",
        lambda uow: uow.escalations.latest(7),
        {"ix_escalations_ticket_id", "ix_tickets_related_id"},
    ),
    (
        "escalations.open_of",
        lambda uow: uow.escalations.open_of(7),
        {"ix_tickets_related_id"},
    ),
    ("escalations.all_open", lambda uow: uow.escalations.all_open(limit=20), {"ix_escalations_open"}),
    ("escalation_steps.of", lambda uow: uow.escalation_steps.of(7), set()),
    ("escalation_steps.fail", lambda uow: uow.escalation_steps.fail(7, lap=1, position=0), set()),
    ("pages.of", lambda uow: uow.pages.of(7), set()),
    ("escalations.responders", lambda uow: uow.escalations.responders(7), set()),
    ("turns.take", lambda uow: uow.turns.take("billing", ["U1"], now=NOW), set()),
    (
        "tickets.arrived",
        lambda uow: uow.tickets.arrived("billing", since=NOW + SECOND),
        {"ix_tickets_arrivals"},
    ),
    (
        "relations.merge",
        lambda uow: uow.relations.merge(7, into_id=8, agent_id="U1", now=NOW),
        {"ix_tickets_related_id"},
    ),
    (
        "message_ids.known",
        lambda uow: uow.message_ids.known([f"<{n}@customer.example>" for n in range(3)], tenant="acme"),
        set(),
    ),
    ("emails.decided_since", lambda uow: uow.emails.decided_since(NOW - LEASE), {"ix_emails_decided"}),
    ("rulesets.remember", lambda uow: uow.rulesets.remember("abc", "{}", now=NOW), set()),
    (
        "rule_hits.counts_since",
        lambda uow: uow.rule_hits.counts_since(["rule-1", "rule-2"], NOW - LEASE),
        set(),
    ),
    ("routing_labels.since", lambda uow: uow.routing_labels.since(NOW - LEASE), {"ix_routing_labels_at"}),
    (
        "routing_labels.misrouted_since",
        lambda uow: uow.routing_labels.misrouted_since(NOW - LEASE, triage_queue="triage"),
        {"ix_routing_labels_at"},
    ),
    (
        "overrides.within",
        lambda uow: uow.overrides.within(["support", "night"], start=NOW, end=NOW + LEASE),
        {"ix_on_call_overrides_schedule"},
    ),
    ("overrides.cancel", lambda uow: uow.overrides.cancel(7, agent_id="U1", now=NOW), set()),
    (
        "swaps.is_asked",
        lambda uow: uow.swaps.is_asked("support", requester="U1", start=NOW),
        {"ix_on_call_swaps_open"},
    ),
    ("swaps.settle", lambda uow: uow.swaps.settle(7, SwapState.DECLINED, now=NOW), set()),
    ("duty_copies.of", lambda uow: uow.duty_copies.of(["schedule-7", "schedule-8"]), set()),
    ("announced_shifts.of", lambda uow: uow.announced_shifts.of("schedule-7"), set()),
    (
        "audit.of_ticket",
        lambda uow: uow.audit.of_ticket(7, actions=sla_trail.ACTIONS),
        {"ix_audit_ticket_id"},
    ),
    ("sla_clocks.of_ticket", lambda uow: uow.sla_clocks.of_ticket(7), set()),
    (
        "incidents.gathering",
        lambda uow: uow.incidents.gathering(tenant="acme", intent="intent-50"),
        {"ix_incidents_gathering"},
    ),
    ("incidents.of_ticket", lambda uow: uow.incidents.of_ticket(7), set()),
    ("incidents.newest_open", lambda uow: uow.incidents.newest_open(limit=5), {"ix_incidents_open"}),
    (
        "incident_tickets.storm",
        lambda uow: uow.incident_tickets.storm(
            tenant="acme", intent="malfunction", since=NOW - LEASE, limit=41
        ),
        {"ix_tickets_storm"},
    ),
    (
        "incident_tickets.untold",
        lambda uow: uow.incident_tickets.untold(5, limit=20),
        {"ix_incident_tickets_untold"},
    ),
    (
        "incident_tickets.of_digest",
        lambda uow: uow.incident_tickets.of_digest(7, 61, limit=20),
        {"ix_incident_tickets_incident_id"},
    ),
    (
        "incident_tickets.open_tickets",
        lambda uow: uow.incident_tickets.open_tickets(7, after=0, limit=50),
        {"ix_incident_tickets_incident_id"},
    ),
    (
        "incident_tickets.of_incident",
        lambda uow: uow.incident_tickets.of_incident(7, limit=50),
        {"ix_incident_tickets_incident_id"},
    ),
    ("incident_tickets.has_no_card", lambda uow: uow.incident_tickets.has_no_card(7), set()),
    ("incident_mails.text_for", lambda uow: uow.incident_mails.text_for(7), set()),
    ("incident_mails.take", lambda uow: uow.incident_mails.take(6, limit=50), {"ix_incident_mails_waiting"}),
    ("incident_mails.progress", lambda uow: uow.incident_mails.progress(7), set()),
    ("incident_mails.send", send_update, {"ix_incident_tickets_incident_id"}),
    (
        "audit.of_incident",
        lambda uow: uow.audit.of_incident(7, ["opened"]),
        {"ix_audit_ticket_id"},
    ),
    ("audit.for_trace", lambda uow: uow.audit.for_trace("trace-7"), {"ix_audit_trace_id"}),
]
"""Where the set is empty, a primary key or a unique constraint serves."""


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> str:
    """A database of its own, with a past."""

    async def prepare(url: str) -> None:
        await migrate(url)
        await history.write(url)

    url = databases.empty()
    asyncio.run(prepare(url))
    return url


@pytest.mark.parametrize(("query", "indexes"), [pytest.param(q, i, id=name) for name, q, i in QUERIES])
async def test_a_query_uses_its_indexes_and_scans_no_table(
    storage: Storage, query: Callable[[UnitOfWork], Awaitable[Any]], indexes: set[str]
) -> None:
    plan = await plan_of(storage, query)
    assert indexes <= set(re.findall(r"\bix_\w+", plan)), plan
    assert not FULL_SCAN.search(plan), plan


async def plan_of(storage: Storage, query: Callable[[UnitOfWork], Awaitable[Any]]) -> str:
    """Run a query, then ask the database how it goes about each statement of it."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    engine = storage.database.engine.sync_engine
    await storage.ping()  # a new connection has questions of its own
    event.listen(engine, "before_cursor_execute", note)
    async with storage.unit_of_work() as uow:
        await query(uow)
    event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if storage.database.is_sqlite else "EXPLAIN"
    async with storage.database.connection(read_only=True) as connection:
        rows = [
            row
            for statement, parameters in statements
            if not statement.startswith("BEGIN")
            for row in await connection.exec_driver_sql(f"{explain} {statement}", parameters)
        ]
    return "\n".join(str(row[-1]) for row in rows)
