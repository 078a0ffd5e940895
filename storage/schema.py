"""The tables.

Documents (normalised mail, decisions, payloads) are JSON text: the same bytes on every engine. The partial
indexes keep what is done out of the way: no query of the daily work grows with the history. They serve a
query only where it names the state as a literal, so `is_in_state` writes it. They also leave out what is NULL:
each index that a new mail touches is one more page to write before the provider gets its answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FIRST_TICKET_ID = 1001
"""Ticket numbers start here, so that the first customer does not learn to be the first."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime; SQLite keeps it as naive UTC text, which sorts as it should."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def _partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def is_in_state(column: ColumnElement[str], *states: str) -> ColumnElement[bool]:
    """A condition with the states written out: a bound parameter would not match a partial index."""
    literals = [literal(state, literal_execute=True) for state in states]
    return column == literals[0] if len(literals) == 1 else column.in_(literals)


# SQLite gives out row ids itself for INTEGER only.
BigId = BigInteger().with_variant(Integer(), "sqlite")

emails = Table(
    "emails",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("trace_id", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("dedup_key", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("normalised", Text),
    Column("parse_error", Text),
    Column("message_id", Text),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("ticket_id", BigId, ForeignKey("tickets.id")),
    Column("decision", Text),
    Column("circumstances", Text),
    UniqueConstraint("tenant", "source", "dedup_key"),
    Index("ix_emails_ticket_id", "ticket_id", **_partial("ticket_id IS NOT NULL")),
    Index("ix_emails_unfinished", "state", **_partial("state <> 'done'")),
    Index("ix_emails_decided", "received_at", "id", **_partial("decision IS NOT NULL")),
)

attachments = Table(
    "attachments",
    metadata,
    Column("trace_id", Text, ForeignKey("emails.trace_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("filename", Text, nullable=False),
    Column("declared_type", Text, nullable=False),
    Column("detected_type", Text),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("scanned_at", UtcDateTime),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", BigId, Identity(start=FIRST_TICKET_ID), primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("trace_id", Text, nullable=False, unique=True),
    Column("queue", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("requester_email", Text, nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("response_due_at", UtcDateTime),
    Column("assignee_id", Text),
    Column("claimed_at", UtcDateTime),
    Column("first_responded_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", Text),
    Column("related_id", BigId, ForeignKey("tickets.id")),
    Column("relation", Text),
    Column("undelivered", Text),
    Column("card_channel", Text),
    Column("card_ts", Text),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("storm_intent", Text),
    Index("ix_tickets_storm", "tenant", "storm_intent", "created_at", **_partial("storm_intent IS NOT NULL")),
    Index("ix_tickets_requester", "tenant", "requester_email", "id"),
    Index("ix_tickets_open", "assignee_id", "queue", **_partial("state = 'open'")),
    Index("ix_tickets_related_id", "related_id", **_partial("related_id IS NOT NULL")),
    Index("ix_tickets_arrivals", "created_at", "queue"),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("message_id", Text),
    Column("author", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("trace_id", Text),
    Index("ix_messages_ticket_id", "ticket_id", "id"),
)

message_ids = Table(
    "message_ids",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("is_own", Boolean, nullable=False),
    Index("ix_message_ids_ticket_id", "ticket_id"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("agent_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

escalations = Table(
    "escalations",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", UtcDateTime),
    Column("trigger", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("lap", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("next_at", UtcDateTime),
    Column("is_unanswered", Boolean, nullable=False),
    Column("is_asked", Boolean, nullable=False),
    Column("snoozed_by", Text),
    Column("ended_at", UtcDateTime),
    Column("ended_because", Text),
    Column("ended_by", Text),
    Index("ix_escalations_ticket_id", "ticket_id", "id"),
    Index("ix_escalations_open", "ticket_id", unique=True, **_partial("state <> 'ended'")),
)

pages = Table(
    "pages",
    metadata,
    Column("escalation_id", BigId, ForeignKey("escalations.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("role", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("trace_id", Text, nullable=False),
    Column("ticket_id", BigId),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_audit_trace_id", "trace_id", "id"),
    Index("ix_audit_ticket_id", "ticket_id", "id"),
)

outbound_mails = Table(
    "outbound_mails",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index("ix_outbound_mails_recipient", "recipient", "sent_at"),
)

blocked_addresses = Table(
    "blocked_addresses",
    metadata,
    Column("address", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("blocked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("ordering_key", Text),
    Column("dedup_key", Text, unique=True),
    Column("payload", Text, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("leased_by", Text),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Index("ix_outbox_ready", "lane", "due_at", "id", **_partial("state = 'ready'")),
    Index(
        "ix_outbox_order",
        "lane",
        "ordering_key",
        "id",
        **_partial("state IN ('ready', 'leased') AND ordering_key IS NOT NULL"),
    ),
    Index("ix_outbox_leased", "leased_until", **_partial("state = 'leased'")),
    Index("ix_outbox_dead", "id", **_partial("state = 'dead'")),
    Index("ix_outbox_trace_id", "trace_id", "id"),
    # The id is part of the acknowledgement's Message-ID: it must never be given out twice.
    sqlite_autoincrement=True,
)

cursors = Table(
    "cursors",
    metadata,
    Column("source", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("position", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("moved_at", UtcDateTime, nullable=False),
)

slack_events = Table(
    "slack_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
)

rulesets = Table(
    "rulesets",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("first_used_at", UtcDateTime, nullable=False),
)

rule_hits = Table(
    "rule_hits",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("trace_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

routing_labels = Table(
    "routing_labels",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("trace_id", Text, nullable=False),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("from_queue", Text, nullable=False),
    Column("to_queue", Text),
    Column("rule", Text),
    Column("ruleset", Text, nullable=False),
    Index("ix_routing_labels_at", "at", "id"),
    Index("ix_routing_labels_ticket_id", "ticket_id", "id"),
)

rule_drafts = Table(
    "rule_drafts",
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

replays = Table(
    "replays",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text),
    Column("options", Text, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("report", Text),
    Column("applied_at", UtcDateTime),
    Column("applied_by", Text),
    Column("undone_at", UtcDateTime),
)

replay_moves = Table(
    "replay_moves",
    metadata,
    Column("replay_id", BigId, ForeignKey("replays.id"), primary_key=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("from_queue", Text, nullable=False),
    Column("to_queue", Text, nullable=False),
)

on_call_overrides = Table(
    "on_call_overrides",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("replaces", Text),
    Column("start_at", UtcDateTime, nullable=False),
    Column("end_at", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    Column("cancelled_by", Text),
    Index("ix_on_call_overrides_schedule", "schedule", "end_at", **_partial("cancelled_at IS NULL")),
)

on_call_swaps = Table(
    "on_call_swaps",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("requester", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("start_at", UtcDateTime, nullable=False),
    Column("end_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("channel", Text),
    Column("ts", Text),
    Index("ix_on_call_swaps_open", "requester", "start_at", **_partial("state = 'open'")),
)

duty_copies = Table(
    "duty_copies",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("content", Text),
    Column("fetched_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("failure", Text),
)

announced_shifts = Table(
    "announced_shifts",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("people", Text, nullable=False),
    Column("announced_at", UtcDateTime, nullable=False),
)

sla_clocks = Table(
    "sla_clocks",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("target_seconds", Integer, nullable=False),
    Column("hours", Text),
    Column("warn_at", Double, nullable=False),
    Column("pauses", Text, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", Text),
    Column("due_at", UtcDateTime),
    Column("warned_at", UtcDateTime),
    Column("breached_at", UtcDateTime),
)

escalation_steps = Table(
    "escalation_steps",
    metadata,
    Column("escalation_id", BigId, ForeignKey("escalations.id"), primary_key=True),
    Column("lap", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("ran_at", UtcDateTime, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("called", Text, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

escalation_responders = Table(
    "escalation_responders",
    metadata,
    Column("escalation_id", BigId, ForeignKey("escalations.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("is_in_charge", Boolean, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("called_at", UtcDateTime, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("opening", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("gathers", Text),
    Column("first_ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_joined_at", UtcDateTime, nullable=False),
    Column("digested_at", UtcDateTime, nullable=False),
    Column("commander_id", Text),
    Column("taken_at", UtcDateTime),
    Column("resolved_by", Text),
    Column("resolved_at", UtcDateTime),
    Column("channel", Text),
    Column("ts", Text),
    Column("room", Text),
    # Of two mails at once that would open one, only one does.
    Index("ix_incidents_gathering", "tenant", "intent", unique=True, **_partial("gathers IS NOT NULL")),
    Index("ix_incidents_open", "id", **_partial("state = 'open'")),
    Index("ix_incidents_opened_at", "opened_at"),
    sqlite_autoincrement=True,
)

incident_tickets = Table(
    "incident_tickets",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("incident_id", BigId, ForeignKey("incidents.id"), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("has_card", Boolean, nullable=False),
    Column("follow_ups", Integer, nullable=False, server_default="0"),
    Column("digest", BigInteger),
    Index("ix_incident_tickets_incident_id", "incident_id", "ticket_id"),
    Index("ix_incident_tickets_untold", "incident_id", "ticket_id", **_partial("digest IS NULL")),
)

incident_updates = Table(
    "incident_updates",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("incident_id", BigId, ForeignKey("incidents.id"), nullable=False),
    Column("author", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("sent_at", UtcDateTime),
    Index("ix_incident_updates_incident_id", "incident_id", "id"),
)

incident_mails = Table(
    "incident_mails",
    metadata,
    Column("update_id", BigId, ForeignKey("incident_updates.id"), primary_key=True, autoincrement=False),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Index("ix_incident_mails_waiting", "update_id", "ticket_id", **_partial("state = 'waiting'")),
)
