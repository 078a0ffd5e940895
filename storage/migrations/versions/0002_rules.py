"""Rules: what was known when a mail was routed, which rules decided, what people said of it, replays."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0002"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.add_column("emails", sa.Column("circumstances", sa.Text(), nullable=True))
    op.create_index("ix_emails_decided", "emails", ["received_at", "id"], **_partial("decision IS NOT NULL"))
    op.create_table(
        "rulesets",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first_used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_rulesets")),
    )
    op.create_table(
        "rule_hits",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "at", "trace_id", name=op.f("pk_rule_hits")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "routing_labels",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_queue", sa.Text(), nullable=False),
        sa.Column("to_queue", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("ruleset", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_routing_labels_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_labels")),
    )
    op.create_index("ix_routing_labels_at", "routing_labels", ["at", "id"])
    op.create_index("ix_routing_labels_ticket_id", "routing_labels", ["ticket_id", "id"])
    op.create_table(
        "rule_drafts",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_rule_drafts")),
    )
    op.create_table(
        "replays",
        sa.Column("id", BIG_ID, sa.Identity(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("applied_by", sa.Text(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
    )
    op.create_table(
        "replay_moves",
        sa.Column("replay_id", BIG_ID, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("from_queue", sa.Text(), nullable=False),
        sa.Column("to_queue", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["replays.id"], name=op.f("fk_replay_moves_replay_id_replays")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_replay_moves_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("replay_id", "ticket_id", name=op.f("pk_replay_moves")),
    )
