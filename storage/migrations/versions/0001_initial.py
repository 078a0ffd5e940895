"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import FIRST_TICKET_ID, UtcDateTime

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_ticket_id", "audit", ["ticket_id", "id"], unique=False)
    op.create_index("ix_audit_trace_id", "audit", ["trace_id", "id"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", "place", name=op.f("pk_cursors")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("ordering_key", sa.Text(), nullable=True),
        sa.Column("dedup_key", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_dead", "outbox", ["id"], unique=False, **_partial("state = 'dead'"))
    op.create_index(
        "ix_outbox_leased", "outbox", ["leased_until"], unique=False, **_partial("state = 'leased'")
    )
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["lane", "ordering_key", "id"],
        unique=False,
        **_partial("state IN ('ready', 'leased') AND ordering_key IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_ready", "outbox", ["lane", "due_at", "id"], unique=False, **_partial("state = 'ready'")
    )
    op.create_index("ix_outbox_trace_id", "outbox", ["trace_id", "id"], unique=False)
    op.create_table(
        "slack_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_slack_events")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", BIG_ID, sa.Identity(start=FIRST_TICKET_ID), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("requester_email", sa.Text(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("response_due_at", UtcDateTime(), nullable=True),
        sa.Column("assignee_id", sa.Text(), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("first_responded_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("related_id", BIG_ID, nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("undelivered", sa.Text(), nullable=True),
        sa.Column("card_channel", sa.Text(), nullable=True),
        sa.Column("card_ts", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["related_id"], ["tickets.id"], name=op.f("fk_tickets_related_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("trace_id", name=op.f("uq_tickets_trace_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_tickets_open", "tickets", ["assignee_id", "queue"], unique=False, **_partial("state = 'open'")
    )
    op.create_index(
        "ix_tickets_related_id",
        "tickets",
        ["related_id"],
        unique=False,
        **_partial("related_id IS NOT NULL"),
    )
    op.create_index("ix_tickets_requester", "tickets", ["tenant", "requester_email", "id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_drafts_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "emails",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("normalised", sa.Text(), nullable=True),
        sa.Column("parse_error", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ticket_id", BIG_ID, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_emails_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
        sa.UniqueConstraint("tenant", "source", "dedup_key", name=op.f("uq_emails_tenant_source_dedup_key")),
        sa.UniqueConstraint("trace_id", name=op.f("uq_emails_trace_id")),
    )
    op.create_index(
        "ix_emails_ticket_id", "emails", ["ticket_id"], unique=False, **_partial("ticket_id IS NOT NULL")
    )
    op.create_index("ix_emails_unfinished", "emails", ["state"], unique=False, **_partial("state <> 'done'"))
    op.create_table(
        "attachments",
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("declared_type", sa.Text(), nullable=False),
        sa.Column("detected_type", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("scanned_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["trace_id"], ["emails.trace_id"], name=op.f("fk_attachments_trace_id")),
        sa.PrimaryKeyConstraint("trace_id", "position", name=op.f("pk_attachments")),
    )
    op.create_table(
        "escalations",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_escalations_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index("ix_escalations_ticket_id", "escalations", ["ticket_id", "id"], unique=False)
    op.create_table(
        "outbound_mails",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outbound_mails_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_mails")),
    )
    op.create_index("ix_outbound_mails_recipient", "outbound_mails", ["recipient", "sent_at"], unique=False)
    op.create_table(
        "blocked_addresses",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_blocked_addresses")),
    )
    op.create_table(
        "message_ids",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_message_ids_ticket_id")),
        sa.PrimaryKeyConstraint("tenant", "message_id", name=op.f("pk_message_ids")),
    )
    op.create_index("ix_message_ids_ticket_id", "message_ids", ["ticket_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_ticket_id", "messages", ["ticket_id", "id"], unique=False)
    op.create_table(
        "pages",
        sa.Column("escalation_id", BIG_ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalations.id"], name=op.f("fk_pages_escalation_id")),
        sa.PrimaryKeyConstraint("escalation_id", "channel", name=op.f("pk_pages")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # SQLite has no start value for its row ids; it goes on after the number in this table.
        sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
        op.execute(sequence.insert().values(name="tickets", seq=FIRST_TICKET_ID - 1))
